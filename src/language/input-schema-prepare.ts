import { dereference } from "@cfworker/json-schema";
import { isJsonObject, type Json, type JsonObject } from "../domain/json.ts";
import { KEYWORDS } from "./input-schema-keywords.ts";
import { compileLinearRegex } from "./linear-regex.ts";

/** A schema that can be checked against without ever running a regular expression of a stranger. */
export interface PreparedSchema {
  /** Every `pattern` is a `format` instead, which the checker looks up by name. */
  readonly schema: JsonObject;
  /** The parts of the schema by the names that references have for them. */
  readonly lookup: ReturnType<typeof dereference>;
  /** What those formats are: the patterns, searched in linear time. */
  readonly formats: ReadonlyMap<string, (text: string) => boolean>;
  /** How many instructions each `pattern` compiles to. */
  readonly programSizes: ReadonlyMap<string, number>;
}

/** Begins the names of formats that stand for patterns; the rest is the pattern. */
export const PATTERN_FORMAT = "pattern:";

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
  const patterns: Patterns = { formats: new Map(), programSizes: new Map() };
  const copy = copyObject(schema, patterns);
  const made = { schema: copy, lookup: dereference(copy), ...patterns };
  prepared.set(schema, made);
  return made;
}

interface Patterns {
  readonly formats: Map<string, (text: string) => boolean>;
  readonly programSizes: Map<string, number>;
}

function copySchema(schema: Json, patterns: Patterns): Json {
  return isJsonObject(schema) ? copyObject(schema, patterns) : schema;
}

function copyObject(schema: JsonObject, patterns: Patterns): JsonObject {
  const { pattern, ...others } = schema;
  const copy = Object.fromEntries(
    Object.entries(others).map(([name, value]) => [name, copyKeyword(name, value, patterns)]),
  );
  if (typeof pattern !== "string") {
    return copy;
  }
  const name = `${PATTERN_FORMAT}${pattern}`;
  if (!patterns.formats.has(name)) {
    const regex = compileLinearRegex(pattern);
    patterns.formats.set(name, (text) => regex.test(text));
    patterns.programSizes.set(pattern, regex.programSize());
  }
  const allOf = Array.isArray(copy["allOf"]) ? copy["allOf"] : [];
  return { ...copy, allOf: [...allOf, { format: name }] };
}

function copyKeyword(name: string, value: Json, patterns: Patterns): Json {
  const kind = KEYWORDS.get(name);
  if (kind === "schema") {
    return copySchema(value, patterns);
  }
  if (kind === "schemaList" && Array.isArray(value)) {
    return value.map((each: Json) => copySchema(each, patterns));
  }
  if (kind === "schemaMap" && isJsonObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, copySchema(each, patterns)]));
  }
  return value;
}
