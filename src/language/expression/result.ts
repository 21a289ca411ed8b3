import type { Json } from "../../domain/json.ts";
import { FunctionValue, type Evaluation } from "./evaluation/evaluation.ts";
import { readNames } from "./evaluation/names.ts";
import {
  entriesOf,
  isObject,
  memberOf,
  setMember,
  type OpenObject,
  type PlainObject,
  type Value,
} from "./evaluation/values.ts";
import { ExpressionFailure } from "./expression-error.ts";
import { RESULT_DEPTH_MAX, RESULT_LENGTH_MAX } from "./limits.ts";

/** What is left of the size that the results of one template may have together; copying them is paid for. */
export class ResultBudget {
  readonly #run: Evaluation;
  #left = RESULT_LENGTH_MAX;

  constructor(run: Evaluation) {
    this.#run = run;
  }

  /** Gives the names of an object that is to be copied. */
  openObject(object: PlainObject): readonly string[] {
    this.#run.openTable();
    return readNames(this.#run, object);
  }

  /** Takes the characters of a member's name away. */
  takeName(name: string): void {
    this.#run.makeMember(name);
    this.take(name.length + 4);
  }

  /** Pays for the copy of a list. */
  openList(length: number): void {
    this.#run.addEntries(length);
  }

  /** Takes characters of JSON away; throws an `ExpressionFailure` when there are not enough left. */
  take(length: number): void {
    this.#run.spend(COST_PER_VALUE);
    this.#left -= length;
    if (this.#left < 0) {
      const message = `the result is larger than ${RESULT_LENGTH_MAX / 1024} KiB: keep only the members that are needed`;
      throw new ExpressionFailure("expression_too_large", message);
    }
  }
}

const COST_PER_VALUE = 0.5;

/** Characters that a number, true, false or null take, with the comma after it. */
const SCALAR_LENGTH = 6;

/**
 * Turns what an expression gave into plain JSON: a copy.
 *
 * @param value - The value; undefined inside lists becomes null, members that are undefined are left out.
 * @param budget - What the copy's size is taken from.
 * @param depth - How many lists and objects it is in.
 * @returns The copy; undefined for undefined. Throws an `ExpressionFailure` for functions, for numbers that are not
 *   finite, and when it is too large or too deep.
 */
export function toJson(value: Value, budget: ResultBudget, depth = 0): Json | undefined {
  if (value === undefined) {
    return undefined;
  }
  if (isScalar(value)) {
    return toScalar(value, budget);
  }
  refuseFunction(value);
  if (depth >= RESULT_DEPTH_MAX) {
    throw new ExpressionFailure("expression_too_deep", `the result is nested deeper than ${RESULT_DEPTH_MAX} levels`);
  }
  budget.take(2);
  const entries = entriesOf(value);
  if (entries !== null) {
    budget.openList(entries.length);
    return entries.map((entry) => toEntry(entry, budget, depth + 1));
  }
  return isObject(value) ? toObject(value, budget, depth) : undefined;
}

/**
 * Refuses a result that is a function.
 *
 * @param value - The result.
 */
export function refuseFunction(value: Value): void {
  if (value instanceof FunctionValue) {
    throw new ExpressionFailure("expression_result", "the result holds a function: call it, or leave it out");
  }
}

/** What is nothing takes its place in a list all the same. */
function toEntry(entry: Value, budget: ResultBudget, depth: number): Json {
  return toJson(entry === undefined ? null : entry, budget, depth) ?? null;
}

function toObject(value: PlainObject, budget: ResultBudget, depth: number): Json {
  const object: OpenObject & Record<string, Json> = {};
  for (const name of budget.openObject(value)) {
    const json = toJson(memberOf(value, name), budget, depth + 1);
    if (json !== undefined) {
      budget.takeName(name);
      setMember(object, name, json);
    }
  }
  return object;
}

type Scalar = null | boolean | number | string;

function isScalar(value: Value): value is Scalar {
  return value === null || typeof value === "boolean" || typeof value === "number" || typeof value === "string";
}

function toScalar(value: Scalar, budget: ResultBudget): Json {
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new ExpressionFailure("expression_result", "the result holds a number that is too large, or none");
  }
  budget.take(typeof value === "string" ? value.length + 3 : SCALAR_LENGTH);
  return value;
}

/**
 * Puts a result into text.
 *
 * @param value - A result.
 * @returns Text as it is, lists and objects as JSON, nothing for null and undefined.
 */
export function toText(value: Json | undefined): string {
  if (value === undefined || value === null) {
    return "";
  }
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
