import { failureOf } from "../expression-error.ts";
import type { Evaluation } from "./evaluation.ts";
import { readNames } from "./names.ts";
import { entriesOf, isObject, type Value } from "./values.ts";

/**
 * Tells whether a value counts as true.
 *
 * @param run - What pays.
 * @param value - Any value.
 * @param depth - How many lists it is in.
 * @returns False for nothing, null, false, 0, empty text, an empty object, a function, and a list without anything true.
 */
export function isTrue(run: Evaluation, value: Value, depth = 0): boolean {
  if (typeof value !== "object" || value === null) {
    return typeof value === "number" ? isNumber(value) && value !== 0 : Boolean(value);
  }
  if (isObject(value)) {
    return readNames(run, value).length > 0;
  }
  run.refuseDepth(depth);
  for (const entry of entriesOf(value) ?? []) {
    run.spend(0.3);
    if (isTrue(run, entry, depth + 1)) {
      return true;
    }
  }
  return false;
}

/**
 * Tells whether a value is a number to count with.
 *
 * @param value - Any value.
 * @returns Whether it is; throws an `ExpressionFailure` for one that is too large.
 */
export function isNumber(value: Value): value is number {
  if (typeof value !== "number" || Number.isNaN(value)) {
    return false;
  }
  if (!Number.isFinite(value)) {
    throw failureOf("D1001", "a number is too large: it is beyond 1.8e308, or was divided by 0");
  }
  return true;
}
