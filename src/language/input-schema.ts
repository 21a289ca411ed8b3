import { format, type OutputUnit, validate } from "@cfworker/json-schema";
import type { Json, JsonObject } from "../domain/json.ts";
import { payForCheck } from "./input-check-work.ts";
import { fillDefaults } from "./input-defaults.ts";
import { PATTERN_FORMAT, prepareSchema, type PreparedSchema } from "./input-schema-prepare.ts";
import { isMeasurable } from "./input-size.ts";
import { InputTooCostly, InputWork } from "./input-work.ts";

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

/** Above this much work the first problem ends checking: an issue for each of them would fill the memory. */
const THOROUGH_WORK_MAX = 20_000;

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
 * Checks a run's input against the schema of its workflow, and fills in the defaults of members that are missing. All
 * of it is counted before it is done, so that no schema and no input takes long.
 *
 * @param schema - The input schema of a plan, which the compiler has checked; null accepts everything.
 * @param input - What the client sent.
 * @returns The input with defaults, or issues, at most 50; defaults are checked like everything else.
 */
export function checkInput(schema: JsonObject | null, input: Json): CheckInputResult {
  if (schema === null) {
    return { ok: true, input };
  }
  try {
    return checkWithin(schema, input, new InputWork());
  } catch (error) {
    if (error instanceof InputTooCostly) {
      return { ok: false, issues: [{ path: error.path, message: error.message }] };
    }
    if (error instanceof RangeError) {
      // The checker ran out of stack, or made more errors than it can hand on.
      return { ok: false, issues: [{ path: "", message: "the input and its schema are too involved to be checked" }] };
    }
    throw error;
  }
}

function checkWithin(schema: JsonObject, input: Json, work: InputWork): CheckInputResult {
  refuseUnmeasurable(input);
  const complete = fillDefaults(schema, input, work);
  refuseUnmeasurable(complete);
  const prepared = prepareSchema(schema);
  const before = work.spent;
  payForCheck(schema, complete, { work, programSizes: prepared.programSizes });
  const issues = findIssues(prepared, complete, work.spent - before <= THOROUGH_WORK_MAX);
  return issues.length === 0 ? { ok: true, input: complete } : { ok: false, issues };
}

function refuseUnmeasurable(input: Json): void {
  if (!isMeasurable(input)) {
    const message = "the input is too large, too deep or too garbled to be checked against the workflow's input schema";
    throw new InputTooCostly("", message);
  }
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
