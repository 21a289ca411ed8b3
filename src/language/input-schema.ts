import { format, type OutputUnit, validate } from "@cfworker/json-schema";
import { isJsonObject, type Json, type JsonObject } from "../domain/json.ts";
import { PATTERN_FORMAT, prepareSchema, type PreparedSchema } from "./input-schema-prepare.ts";
import { resolveRef } from "./input-schema-walk.ts";
import { measureInput } from "./input-size.ts";

/** One thing that is wrong with a run's input. */
export interface InputIssue {
  /** JSON Pointer into the input; `""` is the whole input. */
  readonly path: string;
  readonly message: string;
}

/** The input with the defaults of its schema, or everything that is wrong with it. */
export type CheckInputResult =
  | { readonly ok: true; readonly input: Json }
  | { readonly ok: false; readonly issues: readonly InputIssue[] };

/** Most times that schemas are applied to values; each takes about a microsecond. */
const CHECKS_MAX = 500_000;

/** Above this many checks the first problem ends checking: an issue for each of them would fill the memory. */
const THOROUGH_CHECKS_MAX = 50_000;

/** Most values of an input whose schema compares the entries of lists with each other. */
const COMPARED_VALUES_MAX = 2000;

const ISSUES_MAX = 50;

/** Keywords whose problem is told by the problems of their parts. */
const CONTAINERS = new Set([
  "properties",
  "items",
  "prefixItems",
  "$ref",
  "allOf",
  "if",
  "then",
  "else",
  "false",
  "dependentSchemas",
]);

/**
 * Checks a run's input against the schema of its workflow, and fills in the defaults of members that are missing.
 *
 * @param schema - The input schema of a plan, which the compiler has checked; null accepts everything.
 * @param input - What the client sent.
 * @returns The input with defaults, or issues, at most 50; defaults are checked like everything else.
 */
export function checkInput(schema: JsonObject | null, input: Json): CheckInputResult {
  if (schema === null) {
    return { ok: true, input };
  }
  const prepared = prepareSchema(schema);
  const tooLarge = refuseSize(prepared, input);
  if (tooLarge !== null) {
    return { ok: false, issues: [tooLarge] };
  }
  const complete = applyDefaults(schema, schema, input);
  const size = measureInput(complete);
  const stillTooLarge = size === null ? describeSize() : refuseSize(prepared, complete);
  if (stillTooLarge !== null) {
    return { ok: false, issues: [stillTooLarge] };
  }
  const issues = findIssues(prepared, complete, (size ?? 0) * prepared.appliedMax <= THOROUGH_CHECKS_MAX);
  return issues.length === 0 ? { ok: true, input: complete } : { ok: false, issues };
}

function refuseSize(prepared: PreparedSchema, input: Json): InputIssue | null {
  const valueCount = measureInput(input);
  if (valueCount === null || valueCount * prepared.appliedMax > CHECKS_MAX) {
    return describeSize();
  }
  return prepared.comparesEntries && valueCount > COMPARED_VALUES_MAX
    ? { path: "", message: `an input of more than ${COMPARED_VALUES_MAX} values cannot be checked for \`uniqueItems\`` }
    : null;
}

function describeSize(): InputIssue {
  return {
    path: "",
    message: "the input is too large, too deep or too garbled to be checked against the workflow's input schema",
  };
}

function applyDefaults(root: JsonObject, schema: Json | undefined, value: Json): Json {
  if (!isJsonObject(schema)) {
    return value;
  }
  const target = typeof schema["$ref"] === "string" ? resolveRef(root, schema["$ref"]) : null;
  const own = target === null ? value : applyDefaults(root, target, value);
  const { items, properties } = schema;
  if (Array.isArray(own)) {
    return items === undefined ? own : own.map((entry: Json) => applyDefaults(root, items, entry));
  }
  return isJsonObject(own) && isJsonObject(properties) ? completeMembers(root, properties, own) : own;
}

function completeMembers(root: JsonObject, properties: JsonObject, value: JsonObject): JsonObject {
  const members = new Map(Object.entries(value));
  for (const [name, schema] of Object.entries(properties)) {
    const fallback = isJsonObject(schema) ? schema["default"] : undefined;
    const member = members.get(name) ?? (members.has(name) ? null : fallback);
    if (member !== undefined) {
      members.set(name, applyDefaults(root, schema, member));
    }
  }
  return Object.fromEntries(members);
}

function findIssues(prepared: PreparedSchema, input: Json, isThorough: boolean): readonly InputIssue[] {
  // The checker knows formats from one table of its own, and runs from start to end without giving way: what is added
  // here for one check no other check can see.
  prepared.formats.forEach((test, name) => (format[name] = test));
  try {
    const { errors } = validate(input, prepared.schema, "2020-12", prepared.lookup, !isThorough);
    return describeErrors(errors);
  } finally {
    prepared.formats.forEach((_, name) => delete format[name]);
  }
}

function describeErrors(errors: readonly OutputUnit[]): readonly InputIssue[] {
  const telling = errors.filter(({ keyword }) => !CONTAINERS.has(keyword));
  const issues = new Map<string, InputIssue>();
  for (const unit of telling.length > 0 ? telling : errors) {
    const path = decodeURIComponent(unit.instanceLocation.slice(1));
    const message = describeError(unit);
    issues.set(`${path} ${message}`, { path, message });
    if (issues.size === ISSUES_MAX) {
      break;
    }
  }
  return [...issues.values()];
}

function describeError({ keyword, error }: OutputUnit): string {
  if (keyword === "format" && error.includes(PATTERN_FORMAT)) {
    return `does not match the pattern ${error.slice(error.indexOf(PATTERN_FORMAT) + PATTERN_FORMAT.length, -2)}`;
  }
  return error.slice(0, 300);
}
