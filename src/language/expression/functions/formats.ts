import type { Evaluation } from "../evaluation/evaluation.ts";
import type { Native } from "../evaluation/function-values.ts";
import { isObject, memberOf, type Value } from "../evaluation/values.ts";
import { failureOf } from "../expression-error.ts";
import { FormatFault } from "../formats/format-fault.ts";

/** Longest picture, in characters: what it writes may be as long again. */
const PICTURE_LENGTH_MAX = 256;

/** Longest text that a picture reads. */
const READ_LENGTH_MAX = 1000;

/**
 * Makes a function of the library out of one that knows nothing of expressions: it is paid for, and what it cannot work
 * with is a failure with JSONata's code.
 *
 * @param cost - What a call takes, in units of fuel, beside what it reads and makes.
 * @param format - Gives the value; undefined for nothing.
 * @returns The function.
 */
export function metered(cost: number, format: Native): Native {
  return (run, args, context) => {
    run.spend(cost);
    try {
      return format(run, args, context);
    } catch (error) {
      throw describeFault(error);
    }
  };
}

function describeFault(error: unknown): unknown {
  if (error instanceof FormatFault) {
    return failureOf(error.code, error.message);
  }
  // None of these functions calls another one: it is a date out of its range, not the stack.
  return error instanceof RangeError ? failureOf("D3204", "the instant lies beyond what a date can hold") : error;
}

/**
 * Takes the picture among some arguments.
 *
 * @param run - What pays.
 * @param value - The argument.
 * @returns The picture; null when there is none.
 */
export function pictureOf(run: Evaluation, value: Value): string | null {
  if (typeof value !== "string") {
    return null;
  }
  if (value.length > PICTURE_LENGTH_MAX) {
    throw failureOf("D3205", `a picture has at most ${PICTURE_LENGTH_MAX} characters`);
  }
  run.spend(value.length * PICTURE_COST);
  return value;
}

/** Each character of a picture is read, and may be written. */
const PICTURE_COST = 12;

/**
 * Takes a text that a picture reads.
 *
 * @param value - The argument.
 * @returns The text; null when there is none.
 */
export function pictureTextOf(value: Value): string | null {
  if (typeof value !== "string") {
    return null;
  }
  if (value.length > READ_LENGTH_MAX) {
    throw failureOf("D3110", `a text that a picture reads has at most ${READ_LENGTH_MAX} characters`);
  }
  return value;
}

/**
 * Pays for a text that was made.
 *
 * @param run - What pays.
 * @param text - The text.
 * @returns The text.
 */
export function madeText(run: Evaluation, text: string): string {
  run.makeText(text.length);
  return text;
}

/**
 * Takes the members of an object of options.
 *
 * @param run - What pays.
 * @param value - The argument.
 * @returns The members by name; none when there is no object.
 */
export function optionsOf(run: Evaluation, value: Value): ReadonlyMap<string, unknown> {
  if (!isObject(value)) {
    return new Map();
  }
  const names = Object.keys(value);
  run.makeEntries(names.length);
  return new Map(names.map((name) => [name, memberOf(value, name)]));
}
