import { isJsonObject, type Json, type JsonObject } from "../../domain/json.ts";
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
  const choices = namedOf([...arrayOf(schema["anyOf"]), ...arrayOf(schema["oneOf"])]);
  if (choices.length > 0) {
    return choices.map(typeHtml).join(" or ");
  }
  const parts = namedOf(arrayOf(schema["allOf"]));
  if (parts.length > 0) {
    // What is written out in the table below needs no name here.
    return parts.map((part) => (membersOf(part).length > 0 ? "the members below" : typeHtml(part))).join(" and ");
  }
  const values = schema["enum"];
  return Array.isArray(values)
    ? values.map((value) => `<code>${escapeHtml(String(value))}</code>`).join(" ")
    : plainTypeHtml(schema);
}

/**
 * Gives what a schema says of its values, in itself or in one of the parts that it is made of.
 *
 * @param schema - A JSON Schema.
 * @returns The sentence; empty when there is none.
 */
export function descriptionOf(schema: Json | undefined): string {
  if (!isJsonObject(schema)) {
    return "";
  }
  const own = schema["description"];
  const parts = arrayOf(schema["allOf"]).map(descriptionOf);
  return typeof own === "string" ? own : (parts.find((text) => text !== "") ?? "");
}

function plainTypeHtml(schema: JsonObject): string {
  const types = arrayOf(schema["type"]).length > 0 ? arrayOf(schema["type"]) : [schema["type"] ?? "anything"];
  const names = types.map((type) => (typeof type === "string" ? nameHtml(type, schema) : "anything"));
  return names.toSorted((left, right) => Number(left === "null") - Number(right === "null")).join(" or ");
}

function nameHtml(type: string, schema: JsonObject): string {
  const members = membersOf(schema);
  if (type === "array") {
    return `list of ${typeHtml(schema["items"])}`;
  }
  if (type === "object" && members.length > 0) {
    return `object of ${members.map(([name]) => `<code>${escapeHtml(name)}</code>`).join(" ")}`;
  }
  const format = typeof schema["format"] === "string" ? ` (${escapeHtml(schema["format"])})` : "";
  const { minimum, maximum } = schema;
  const range = typeof minimum === "number" && typeof maximum === "number" ? ` from ${minimum} to ${maximum}` : "";
  return type === "null" ? type : `${escapeHtml(type)}${format}${range}`;
}

function namedOf(choices: readonly Json[]): readonly JsonObject[] {
  return choices.filter(isJsonObject).filter((choice) => "$ref" in choice || "type" in choice);
}

function memberRow(parent: JsonObject, member: Json, path: readonly string[]): string {
  const name = path.at(-1) ?? "";
  const isNeeded = arrayOf(parent["required"]).includes(name);
  const items = isJsonObject(member) && isJsonObject(member["items"]) ? member["items"] : member;
  const cells = [
    `<code>${escapeHtml(path.join("."))}</code>`,
    `${typeHtml(member)}${isNeeded ? "" : ", optional"}`,
    proseHtml(descriptionOf(member)),
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
