import { isJsonObject, type Json, type JsonObject } from "../domain/json.ts";
import { IN_PLACE_KEYWORDS } from "./input-schema-keywords.ts";
import { resolveRef } from "./input-schema-walk.ts";

/** What an input schema says of a member at some depth, in every input that it lets through. */
export interface MemberShape {
  /** Whether it is there; `unknown` where the schema says more than is looked at here. */
  readonly presence: "always" | "maybe" | "never" | "unknown";
  /** Its types, by their names in JSON Schema; null when any is possible, or unknown. */
  readonly types: readonly Json[] | null;
  /** All the values it can have; null when they are not listed. */
  readonly values: readonly Json[] | null;
  /** How many of the names lead to it, and what is named there, where it is never there. */
  readonly strayedAt: { readonly depth: number; readonly known: readonly string[] } | null;
}

/** Where a walk through the schema is. */
interface Place {
  /** Null where nothing is known. */
  readonly schema: JsonObject | null;
  readonly presence: "always" | "maybe" | "unknown";
}

const CONDITIONAL_KEYWORDS = [...IN_PLACE_KEYWORDS, "dependentSchemas", "dependentRequired"];

/** Longer lists of the schema are not searched: every comparison would. */
const LIST_LENGTH_MAX = 500;

/** References of references that are followed; more of them nobody writes. */
const REFS_MAX = 20;

/**
 * Tells what an input schema says of a member.
 *
 * @param root - The input schema; null when there is none, so that nothing need be there.
 * @param names - The names that lead to it, from the input.
 * @returns What is certain; `unknown` rather than wrong.
 */
export function findMemberShape(root: JsonObject | null, names: readonly string[]): MemberShape {
  let place: Place = { schema: root, presence: "always" };
  for (const [depth, name] of names.entries()) {
    const around: Place = enterEntries(root, place);
    const { schema } = around;
    if (schema !== null && isClosedTo(schema, name)) {
      const known = Object.keys(readObject(schema["properties"]) ?? {});
      return { presence: "never", types: null, values: null, strayedAt: { depth, known } };
    }
    place = enterMember(around, name);
  }
  const { schema, presence } = { ...place, schema: follow(root, place.schema) };
  const isCertain = schema !== null && presence !== "unknown";
  return {
    presence,
    types: isCertain ? readTypes(schema) : null,
    values: isCertain ? readValues(schema) : null,
    strayedAt: null,
  };
}

/** A path goes on with the members of each entry of a list. */
function enterEntries(root: JsonObject | null, { schema: written, presence }: Place): Place {
  const schema = follow(root, written);
  const types = schema === null ? null : readTypes(schema);
  if (schema === null || types === null || !types.includes("array")) {
    return { schema, presence: schema === null && written !== null ? "unknown" : presence };
  }
  const entry = types.length === 1 ? follow(root, readObject(schema["items"])) : null;
  return { schema: entry, presence: "unknown" };
}

function isClosedTo(schema: JsonObject, name: string): boolean {
  const properties = readObject(schema["properties"]);
  return schema["additionalProperties"] === false && properties !== null && !Object.hasOwn(properties, name);
}

function enterMember({ schema, presence }: Place, name: string): Place {
  if (schema === null) {
    return { schema, presence: presence === "unknown" ? presence : "maybe" };
  }
  const properties = readObject(schema["properties"]);
  const member = properties !== null && Object.hasOwn(properties, name) ? readObject(properties[name]) : null;
  const isThere = isRequired(schema, name) || member?.["default"] !== undefined;
  return { schema: member, presence: presence === "unknown" || isThere ? presence : presenceOfOptional(schema) };
}

function isRequired({ required }: JsonObject, name: string): boolean {
  return Array.isArray(required) && required.length <= LIST_LENGTH_MAX && required.includes(name);
}

function presenceOfOptional(schema: JsonObject): "maybe" | "unknown" {
  const { required } = schema;
  const isLong = Array.isArray(required) && required.length > LIST_LENGTH_MAX;
  return isLong || CONDITIONAL_KEYWORDS.some((keyword) => schema[keyword] !== undefined) ? "unknown" : "maybe";
}

/** Gives the schema that a schema stands for; null when it cannot be told. */
function follow(root: JsonObject | null, schema: JsonObject | null): JsonObject | null {
  let at = schema;
  for (let count = 0; at !== null && root !== null && at["$ref"] !== undefined; count += 1) {
    const { $ref: ref, properties, type } = at;
    const isPlain = properties === undefined && type === undefined && count < REFS_MAX;
    at = isPlain && typeof ref === "string" ? readObject(resolveRef(root, ref) ?? undefined) : null;
  }
  return at;
}

function readTypes({ type }: JsonObject): readonly Json[] | null {
  return typeof type === "string" ? [type] : Array.isArray(type) ? type : null;
}

function readValues(schema: JsonObject): readonly Json[] | null {
  const { const: only, enum: listed } = schema;
  return only !== undefined ? [only] : Array.isArray(listed) && listed.length <= LIST_LENGTH_MAX ? listed : null;
}

function readObject(value: Json | undefined): JsonObject | null {
  return value !== undefined && isJsonObject(value) ? value : null;
}
