import { isJsonObject, type Json, type JsonObject } from "../../../domain/json.ts";
import { escapeHtml, proseHtml } from "./html.ts";

/** Objects in objects are written out this deep; deeper ones have names of their own. */
const DEPTH_MAX = 3;

/**
 * Writes the members of an object as rows of a table.
 *
 * @param schema - JSON Schema of an object, or of anything else, which has no rows.
 * @param prefix - Names of the objects around it.
 * @returns HTML rows of name, type and meaning.
 */
export function memberRows(schema: Json | undefined, prefix: readonly string[] = []): string {
  if (!isJsonObject(schema) || prefix.length >= DEPTH_MAX) {
    return "";
  }
  const parts = arrayOf(schema["allOf"]).filter((part) => isJsonObject(part) && "properties" in part);
  const own = membersOf(schema)
    .map(([name, member]) => memberRow(schema, member, [...prefix, name]))
    .join("");
  return own + parts.map((part) => memberRows(part, prefix)).join("");
}

/**
 * Says what values a schema allows.
 *
 * @param schema - A JSON Schema.
 * @returns HTML in few words, with links to named shapes.
 */
export function typeHtml(schema: Json | undefined): string {
  if (!isJsonObject(schema)) {
    return "anything";
  }
  const reference = schema["$ref"];
  if (typeof reference === "string") {
    const name = escapeHtml(reference.slice(reference.lastIndexOf("/") + 1));
    return `<a href="#shape-${name}">${name}</a>`;
  }
  const choices = [...arrayOf(schema["anyOf"]), ...arrayOf(schema["allOf"]), ...arrayOf(schema["oneOf"])];
  if (choices.length > 0) {
    const named = choices.filter((choice) => isJsonObject(choice) && ("$ref" in choice || "type" in choice));
    return named.map(typeHtml).join(" or ");
  }
  const values = schema["enum"];
  if (Array.isArray(values)) {
    return values.map((value) => `<code>${escapeHtml(String(value))}</code>`).join(" ");
  }
  return plainTypeHtml(schema);
}

function plainTypeHtml(schema: JsonObject): string {
  const types = arrayOf(schema["type"]).length > 0 ? arrayOf(schema["type"]) : [schema["type"] ?? "anything"];
  if (types.length > 2) {
    return "anything";
  }
  const format = typeof schema["format"] === "string" ? ` (${escapeHtml(schema["format"])})` : "";
  const name = types.map((type) => (typeof type === "string" ? escapeHtml(type) : "anything")).join(" or ");
  return types.includes("array") ? `list of ${typeHtml(schema["items"])}` : `${name}${format}`;
}

function memberRow(parent: JsonObject, member: Json, path: readonly string[]): string {
  const name = path.at(-1) ?? "";
  const isNeeded = arrayOf(parent["required"]).includes(name);
  const description = isJsonObject(member) && typeof member["description"] === "string" ? member["description"] : "";
  const items = isJsonObject(member) && isJsonObject(member["items"]) ? member["items"] : member;
  const cells = [
    `<code>${escapeHtml(path.join("."))}</code>`,
    `${typeHtml(member)}${isNeeded ? "" : ", optional"}`,
    proseHtml(description),
  ];
  return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>${memberRows(items, path)}`;
}

function membersOf(schema: JsonObject): readonly (readonly [string, Json])[] {
  const properties = schema["properties"];
  return isJsonObject(properties) ? Object.entries(properties) : [];
}

function arrayOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}
