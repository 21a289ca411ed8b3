import { ExpressionFailure } from "./expression-error.ts";
import { PICTURE_LENGTH_MAX, SEQUENCE_LENGTH_MAX, TEXT_LENGTH_MAX } from "./limits.ts";
import type { Meter } from "./meter.ts";
import { countEntries, weighValue } from "./weigh.ts";

/** Looks at the arguments of a function before it runs: pays for what it will do, or refuses. */
export type NativeCheck = (args: readonly unknown[], meter: Meter) => void;

// What one unit of fuel pays for. Measured so that the whole budget is some 100 ms wherever it goes.
const VALUES_PER_FUEL = 16;
const COMPARED_PER_FUEL = 4096;
const WRITTEN_PER_FUEL = 64;
const WRITTEN_VALUES_PER_FUEL = 16;
const SQUARE_PER_FUEL = 8192;

// A picture's width modifier of four digits or more asks for a thousand zeros or more.
const WIDTH = /^(?:\*|\d{1,3})(?:-(?:\*|\d{1,3}))?$/;

/** The checks of functions whose cost is not that of reading their arguments once. */
export const NATIVE_CHECKS: ReadonlyMap<string, NativeCheck> = new Map<string, NativeCheck>([
  ["string", checkString],
  ["clone", payForText],
  ["not", payForAll],
  ["boolean", payForAll],
  ["distinct", payForText],
  ["merge", payForAll],
  ["keys", payForEntries],
  ["lookup", payForEntries],
  ["spread", checkSpread],
  ["join", checkJoin],
  ["pad", checkPad],
  ["replace", checkReplace],
  ["contains", payForSearch],
  ["split", payForSearch],
  ["substringBefore", payForSearch],
  ["substringAfter", payForSearch],
  ["formatNumber", checkFormatNumber],
  ["formatInteger", checkFormatInteger],
  ["parseInteger", checkFormatInteger],
  ["fromMillis", checkDatePicture],
  ["now", (args, meter) => checkDatePicture([undefined, ...args], meter)],
  ["toMillis", checkToMillis],
  ["eval", refuseEval],
]);

/**
 * Refuses text that is longer than an expression may make.
 *
 * @param length - Characters of the text to be.
 */
export function refuseLongText(length: number): void {
  if (length > TEXT_LENGTH_MAX) {
    throw new ExpressionFailure("expression_too_large", `it makes text longer than ${TEXT_LENGTH_MAX} characters`);
  }
}

/**
 * Refuses a list that is longer than an expression may make.
 *
 * @param length - Entries of the list to be.
 */
export function refuseLongSequence(length: number): void {
  if (length > SEQUENCE_LENGTH_MAX) {
    throw new ExpressionFailure("expression_too_large", `it makes a list longer than ${SEQUENCE_LENGTH_MAX} entries`);
  }
}

/**
 * Pays for walking through all of a value.
 *
 * @param value - The value.
 * @param meter - What pays.
 */
export function payForValue(value: unknown, meter: Meter): void {
  meter.spend(weighValue(value).valueCount / VALUES_PER_FUEL);
}

/**
 * Pays for writing all of a value as text, or for comparing it, and refuses when it is too long for that.
 *
 * @param value - The value.
 * @param meter - What pays.
 */
export function payForWriting(value: unknown, meter: Meter): void {
  const { valueCount, characterCount } = weighValue(value);
  refuseLongText(characterCount + valueCount);
  meter.spend(characterCount / WRITTEN_PER_FUEL + valueCount / WRITTEN_VALUES_PER_FUEL);
}

function payForAll(args: readonly unknown[], meter: Meter): void {
  for (const value of args) {
    payForValue(value, meter);
  }
}

function payForText(args: readonly unknown[], meter: Meter): void {
  payForWriting(args[0], meter);
}

function payForEntries(args: readonly unknown[], meter: Meter): void {
  meter.spend(countEntries(args[0]) / VALUES_PER_FUEL);
}

function checkString([value, isPretty]: readonly unknown[], meter: Meter): void {
  payForWriting(value, meter);
  if (isPretty === true) {
    // Each line is indented by its depth: at worst every value has a line at the deepest level.
    const { valueCount } = weighValue(value);
    refuseLongText(valueCount * 2 * depthOf(value));
  }
}

function depthOf(value: unknown): number {
  if (typeof value !== "object" || value === null) {
    return 0;
  }
  return 1 + Object.values(value).reduce<number>((deepest, each) => Math.max(deepest, depthOf(each)), 0);
}

/** Spreading a list joins it entry by entry, each time copying what there is. */
function checkSpread([value]: readonly unknown[], meter: Meter): void {
  payForValue(value, meter);
  if (Array.isArray(value)) {
    refuseLongSequence(value.length);
    meter.spend(value.length ** 2 / SQUARE_PER_FUEL);
  }
}

function checkJoin([parts, separator]: readonly unknown[], meter: Meter): void {
  payForWriting(parts, meter);
  if (Array.isArray(parts)) {
    const { characterCount } = weighValue(parts);
    refuseLongText(characterCount + parts.length * lengthOf(separator));
  }
}

function checkPad([text, width, padding]: readonly unknown[]): void {
  const wanted = Math.abs(Math.trunc(Number(width)));
  // The library joins `width` times the whole padding before it cuts.
  refuseLongText(lengthOf(text) + wanted * Math.max(1, lengthOf(padding)));
}

function checkReplace(args: readonly unknown[], meter: Meter): void {
  const [text, pattern, replacement, limit] = args;
  payForSearch(args, meter);
  if (typeof text === "string" && typeof pattern === "string" && typeof replacement === "string") {
    const occurrences = Math.min(countOccurrences(text, pattern), typeof limit === "number" ? limit : Infinity);
    refuseLongText(text.length + occurrences * replacement.length);
    meter.spend((occurrences * (1 + replacement.length)) / WRITTEN_PER_FUEL);
  }
}

function countOccurrences(text: string, pattern: string): number {
  return pattern === "" ? 0 : text.split(pattern).length - 1;
}

/** Finding text in text can take their product. */
function payForSearch([text, pattern]: readonly unknown[], meter: Meter): void {
  meter.spend((lengthOf(text) * (1 + lengthOf(pattern))) / COMPARED_PER_FUEL);
}

function checkFormatNumber([, picture, options]: readonly unknown[]): void {
  refuseLongPicture(picture);
  // With an empty separator the library searches for ever.
  const values: readonly unknown[] = typeof options === "object" && options !== null ? Object.values(options) : [];
  if (values.some((value) => typeof value !== "string" || value.length === 0 || value.length > PICTURE_LENGTH_MAX)) {
    throw new ExpressionFailure("expression_failed", "the options of $formatNumber must be texts that are not empty");
  }
}

function checkFormatInteger([, picture]: readonly unknown[]): void {
  refuseLongPicture(picture);
}

function checkDatePicture([, picture]: readonly unknown[], meter: Meter): void {
  refuseLongPicture(picture);
  meter.spend(lengthOf(picture) / WRITTEN_PER_FUEL);
  const markers = typeof picture === "string" ? picture.replaceAll(/\s/g, "").split("[").slice(1) : [];
  for (const marker of markers) {
    const [inside = ""] = marker.split("]", 1);
    const comma = inside.lastIndexOf(",");
    if (comma !== -1 && !WIDTH.test(inside.slice(comma + 1))) {
      throw new ExpressionFailure("expression_failed", `the width in the picture [${inside}] must be at most 999`);
    }
  }
}

/** The library turns a picture into a backtracking regular expression, which takes exponential time on some texts. */
function checkToMillis([, picture]: readonly unknown[]): void {
  if (picture !== undefined) {
    const message =
      "$toMillis reads ISO 8601 timestamps only: leave the picture out, or take the text apart with $split";
    throw new ExpressionFailure("expression_failed", message);
  }
}

function refuseEval(): never {
  throw new ExpressionFailure("expression_failed", "$eval is switched off: write the expression itself");
}

function refuseLongPicture(picture: unknown): void {
  if (lengthOf(picture) > PICTURE_LENGTH_MAX) {
    throw new ExpressionFailure("expression_failed", `a picture has at most ${PICTURE_LENGTH_MAX} characters`);
  }
}

function lengthOf(value: unknown): number {
  return typeof value === "string" ? value.length : 0;
}
