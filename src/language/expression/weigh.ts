import { ExpressionFailure } from "./expression-error.ts";
import { CHARACTERS_MAX, VALUE_DEPTH_MAX, VALUES_MAX } from "./limits.ts";

/** How much there is in a value. What is reached twice counts twice: that is how text and comparisons see it. */
export interface Weight {
  readonly valueCount: number;
  readonly characterCount: number;
}

interface Running {
  valueCount: number;
  characterCount: number;
}

/**
 * Counts what is in a value, so that whatever walks all of it later is known to end. Doubling a list forty times takes
 * forty small lists in memory, and more than a lifetime to write out.
 *
 * @param value - Any value met while evaluating; functions count as one.
 * @returns The counts; throws an `ExpressionFailure` as soon as they exceed the limits.
 */
export function weighValue(value: unknown): Weight {
  const running: Running = { valueCount: 0, characterCount: 0 };
  weighInto(running, value, 0);
  return running;
}

/**
 * Counts the entries of a list and of the lists directly in it, which reading a member of it walks through.
 *
 * @param value - Any value; what is no list counts as none.
 * @returns How many entries; throws an `ExpressionFailure` as soon as there are too many.
 */
export function countEntries(value: unknown): number {
  const running: Running = { valueCount: 0, characterCount: 0 };
  countInto(running, value, 0);
  return running.valueCount;
}

/**
 * Tells whether a value is one of JSONata's functions or a JavaScript function. Data that only looks like one is not:
 * JSON carries no JavaScript functions.
 *
 * @param value - Any value met while evaluating.
 * @returns Whether it can be called.
 */
export function isCallable(value: unknown): boolean {
  if (typeof value !== "object" || value === null) {
    return typeof value === "function";
  }
  // What JSONata makes of data has no prototype; its functions have one. Most values end here.
  if (Object.getPrototypeOf(value) === null) {
    return false;
  }
  if ("implementation" in value) {
    return typeof value.implementation === "function";
  }
  return "environment" in value && hasLookup(value.environment);
}

function hasLookup(environment: unknown): boolean {
  return (
    typeof environment === "object" &&
    environment !== null &&
    "lookup" in environment &&
    typeof environment.lookup === "function"
  );
}

function weighInto(running: Running, value: unknown, depth: number): void {
  addValue(running, depth);
  if (typeof value === "string") {
    addCharacters(running, value.length);
    return;
  }
  if (typeof value !== "object" || value === null || isCallable(value)) {
    return;
  }
  if (Array.isArray(value)) {
    for (const entry of value) {
      weighInto(running, entry, depth + 1);
    }
    return;
  }
  for (const [name, member] of Object.entries(value)) {
    addCharacters(running, name.length);
    weighInto(running, member, depth + 1);
  }
}

function countInto(running: Running, value: unknown, depth: number): void {
  if (Array.isArray(value)) {
    for (const entry of value) {
      addValue(running, depth);
      countInto(running, entry, depth + 1);
    }
  }
}

function addValue(running: Running, depth: number): void {
  running.valueCount += 1;
  if (depth > VALUE_DEPTH_MAX) {
    throw new ExpressionFailure("expression_too_deep", `it makes a value nested deeper than ${VALUE_DEPTH_MAX} levels`);
  }
  if (running.valueCount > VALUES_MAX) {
    throw new ExpressionFailure("expression_too_large", `it works with more than ${VALUES_MAX} values at once`);
  }
}

function addCharacters(running: Running, count: number): void {
  running.characterCount += count;
  if (running.characterCount > CHARACTERS_MAX) {
    throw new ExpressionFailure("expression_too_large", `it works with more than ${CHARACTERS_MAX} characters at once`);
  }
}
