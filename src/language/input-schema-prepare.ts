import { dereference } from "@cfworker/json-schema";
import { RE2JS } from "re2js";
import { isJsonObject, type Json, type JsonObject } from "../domain/json.ts";
import { KEYWORDS } from "./input-schema-keywords.ts";
import { measureSchema } from "./input-schema-walk.ts";

/** A schema that can be checked against without ever running a regular expression of a stranger. */
export interface PreparedSchema {
  /** Every `pattern` is a `format` instead, which the checker looks up by name. */
  readonly schema: JsonObject;
  /** The parts of the schema by the names that references have for them. */
  readonly lookup: ReturnType<typeof dereference>;
  /** What those formats are: the patterns, searched in linear time. */
  readonly formats: ReadonlyMap<string, (text: string) => boolean>;
  /** See `measureSchema`. */
  readonly appliedMax: number;
  /** Whether lists are searched for equal entries, which takes the square of their length. */
  readonly comparesEntries: boolean;
}

/** Begins the names of formats that stand for patterns; the rest is the pattern. */
export const PATTERN_FORMAT = "pattern:";

/** Longer texts do not match any pattern: a search takes some 50 ns for each character. */
const SEARCHED_LENGTH_MAX = 64 * 1024;

const prepared = new WeakMap<JsonObject, PreparedSchema>();

/**
 * Prepares a schema that `checkInputSchema` has passed. The checker marks schemas that it sees, so it gets a copy.
 *
 * @param schema - The input schema of a plan; made ready once, then remembered for as long as the plan is.
 * @returns The schema and the formats it needs.
 */
export function prepareSchema(schema: JsonObject): PreparedSchema {
  const known = prepared.get(schema);
  if (known !== undefined) {
    return known;
  }
  const formats = new Map<string, (text: string) => boolean>();
  const copy = copyObject(schema, formats);
  const made = {
    schema: copy,
    lookup: dereference(copy),
    formats,
    appliedMax: measureSchema(schema) ?? Infinity,
    comparesEntries: JSON.stringify(schema).includes('"uniqueItems":true'),
  };
  prepared.set(schema, made);
  return made;
}

function copySchema(schema: Json, formats: Map<string, (text: string) => boolean>): Json {
  return isJsonObject(schema) ? copyObject(schema, formats) : schema;
}

function copyObject(schema: JsonObject, formats: Map<string, (text: string) => boolean>): JsonObject {
  const { pattern, ...others } = schema;
  const copy = Object.fromEntries(
    Object.entries(others).map(([name, value]) => [name, copyKeyword(name, value, formats)]),
  );
  if (typeof pattern !== "string") {
    return copy;
  }
  const name = `${PATTERN_FORMAT}${pattern}`;
  const regex = RE2JS.compile(RE2JS.translateRegExp(pattern));
  formats.set(name, (text) => text.length <= SEARCHED_LENGTH_MAX && regex.test(text));
  const allOf = Array.isArray(copy["allOf"]) ? copy["allOf"] : [];
  return { ...copy, allOf: [...allOf, { format: name }] };
}

function copyKeyword(name: string, value: Json, formats: Map<string, (text: string) => boolean>): Json {
  const kind = KEYWORDS.get(name);
  if (kind === "schema") {
    return copySchema(value, formats);
  }
  if (kind === "schemaList" && Array.isArray(value)) {
    return value.map((each: Json) => copySchema(each, formats));
  }
  if (kind === "schemaMap" && isJsonObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, copySchema(each, formats)]));
  }
  return value;
}
