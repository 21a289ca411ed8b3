import type { Json } from "../../domain/json.ts";
import { ExpressionFailure } from "./expression-error.ts";
import { RESULT_DEPTH_MAX, RESULT_LENGTH_MAX } from "./limits.ts";
import { isCallable } from "./weigh.ts";

/** What is left of the size that the results of one template may have together. */
export class ResultBudget {
  #left = RESULT_LENGTH_MAX;

  /** Takes characters of JSON away; throws an `ExpressionFailure` when there are not enough left. */
  take(length: number): void {
    this.#left -= length;
    if (this.#left < 0) {
      const message = `the result is larger than ${RESULT_LENGTH_MAX / 1024} KiB: keep only the members that are needed`;
      throw new ExpressionFailure("expression_too_large", message);
    }
  }
}

/** Characters that a number, true, false or null take, with the comma after it. */
const SCALAR_LENGTH = 6;

/**
 * Turns what an expression gave into plain JSON: a copy without the marks that JSONata leaves on lists.
 *
 * @param value - The value; undefined inside lists becomes null, members that are undefined are left out.
 * @param budget - What the copy's size is taken from.
 * @param depth - How many lists and objects it is in.
 * @returns The copy; undefined for undefined. Throws an `ExpressionFailure` for functions, for numbers that are not
 *   finite, and when it is too large or too deep.
 */
export function toJson(value: unknown, budget: ResultBudget, depth = 0): Json | undefined {
  if (value === undefined) {
    return undefined;
  }
  if (isScalar(value)) {
    return toScalar(value, budget);
  }
  if (typeof value !== "object" || isCallable(value)) {
    throw new ExpressionFailure("expression_result", "the result holds a function: call it, or leave it out");
  }
  if (depth >= RESULT_DEPTH_MAX) {
    throw new ExpressionFailure("expression_too_deep", `the result is nested deeper than ${RESULT_DEPTH_MAX} levels`);
  }
  budget.take(2);
  return Array.isArray(value)
    ? value.map((entry: unknown) => toJson(entry, budget, depth + 1) ?? null)
    : toObject(value, budget, depth);
}

function toObject(value: object, budget: ResultBudget, depth: number): Json {
  const entries: [string, Json][] = [];
  for (const [name, member] of Object.entries(value)) {
    const json = toJson(member, budget, depth + 1);
    if (json !== undefined) {
      budget.take(name.length + 4);
      entries.push([name, json]);
    }
  }
  // Not by assignment: a member called `__proto__` is data.
  return Object.fromEntries(entries);
}

type Scalar = null | boolean | number | string;

function isScalar(value: unknown): value is Scalar {
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

/**
 * Tells whether JSONata takes a result for true.
 *
 * @param value - A result.
 * @returns False for false, 0, empty text, null, nothing, an empty object and a list without anything true.
 */
export function isTruthy(value: Json | undefined): boolean {
  if (Array.isArray(value)) {
    return value.some((entry: Json) => isTruthy(entry));
  }
  return typeof value === "object" && value !== null ? Object.keys(value).length > 0 : Boolean(value);
}
