import type { Evaluation } from "../evaluation/evaluation.ts";
import { isNumber } from "../evaluation/truth.ts";
import { entriesOf, type Value } from "../evaluation/values.ts";
import { failureOf } from "../expression-error.ts";
import { formatInteger } from "../formats/format-integer.ts";
import { formatNumber } from "../formats/format-number.ts";
import { parseIntegerPicture } from "../formats/integer-picture.ts";
import { parseInteger } from "../formats/parse-integer.ts";
import { roundHalfEven } from "../formats/round-half-even.ts";
import type { FunctionDefinition } from "./definition.ts";
import { madeText, metered, optionsOf, pictureOf, pictureTextOf } from "./formats.ts";

/** Functions of numbers, those that write and read them by a picture among them. */
export const NUMBER_FUNCTIONS: readonly FunctionDefinition[] = [
  { name: "number", signature: "<(nsb)-:n>", run: readNumber },
  mapping("abs", Math.abs),
  mapping("floor", Math.floor),
  mapping("ceil", Math.ceil),
  mapping("sqrt", findRoot),
  { name: "round", signature: "<n-n?:n>", run: round },
  { name: "power", signature: "<n-n:n>", run: raise },
  { name: "random", signature: "<:n>", run: (run) => run.random() },
  { name: "sum", signature: "<a<n>:n>", run: (run, [list]) => fold(run, list, 0, add) },
  { name: "max", signature: "<a<n>:n>", run: (run, [list]) => foldSome(run, list, -Infinity, Math.max) },
  { name: "min", signature: "<a<n>:n>", run: (run, [list]) => foldSome(run, list, Infinity, Math.min) },
  { name: "average", signature: "<a<n>:n>", run: average },
  { name: "formatBase", signature: "<n-n?:s>", run: writeInBase },
  { name: "formatNumber", signature: "<n-so?:s>", run: metered(250, writeNumber) },
  { name: "formatInteger", signature: "<n-s:s>", run: metered(35, writeInteger) },
  { name: "parseInteger", signature: "<s-s:n>", run: metered(40, readInteger) },
];

function mapping(name: string, map: (value: number) => number): FunctionDefinition {
  return { name, signature: "<n-:n>", run: (_run, [value]) => (typeof value === "number" ? map(value) : undefined) };
}

const DECIMAL = /^-?\d+(?:\.\d+)?(?:[Ee][-+]?\d+)?$/;
const PREFIXED = /^0(?:[xX][\dA-Fa-f]+|[oO][0-7]+|[bB][01]+)$/;
const NUMBER_LENGTH_MAX = 1000;

function readNumber(run: Evaluation, [value]: readonly Value[]): Value {
  if (typeof value !== "string") {
    return typeof value === "boolean" ? Number(value) : value;
  }
  run.readText(Math.min(value.length, NUMBER_LENGTH_MAX) * 2);
  const isWritten = value.length <= NUMBER_LENGTH_MAX && (DECIMAL.test(value) || PREFIXED.test(value));
  const number = isWritten ? Number(value) : Number.NaN;
  if (!Number.isFinite(number)) {
    throw failureOf("D3030", `${JSON.stringify(value.slice(0, 40))} is no number`);
  }
  return number;
}

function findRoot(value: number): number {
  if (value < 0) {
    throw failureOf("D3060", "a negative number has no square root");
  }
  return Math.sqrt(value);
}

function raise(run: Evaluation, [base, exponent]: readonly Value[]): Value {
  run.spend(2);
  if (typeof base !== "number") {
    return undefined;
  }
  const power = base ** (typeof exponent === "number" ? exponent : Number.NaN);
  if (!Number.isFinite(power)) {
    throw failureOf("D3061", "the power is too large for a number, or none");
  }
  return power;
}

/** Moving the point writes the number and reads it again, twice. */
const ROUND_COST = 10;

function round(run: Evaluation, [value, precision]: readonly Value[]): Value {
  run.spend(ROUND_COST);
  return typeof value === "number" ? roundHalfEven(value, typeof precision === "number" ? precision : 0) : undefined;
}

function add(left: number, right: number): number {
  return left + right;
}

function fold(
  run: Evaluation,
  list: Value,
  start: number,
  join: (left: number, right: number) => number,
): number | undefined {
  const entries = entriesOf(list);
  if (entries === null) {
    return undefined;
  }
  run.readEntries(entries.length);
  let total = start;
  for (const entry of entries) {
    total = join(total, Number(entry));
  }
  return total;
}

function foldSome(
  run: Evaluation,
  list: Value,
  start: number,
  join: (left: number, right: number) => number,
): number | undefined {
  return entriesOf(list)?.length === 0 ? undefined : fold(run, list, start, join);
}

function average(run: Evaluation, [list]: readonly Value[]): Value {
  const total = foldSome(run, list, 0, add);
  return total === undefined ? undefined : total / (entriesOf(list)?.length ?? 1);
}

function writeInBase(run: Evaluation, [value, base]: readonly Value[]): Value {
  if (typeof value !== "number") {
    return undefined;
  }
  const radix = typeof base === "number" ? roundHalfEven(base, 0) : 10;
  if (!(radix >= 2 && radix <= 36)) {
    throw failureOf("D3100", "the base must be between 2 and 36");
  }
  run.spend(ROUND_COST);
  run.makeText(64);
  return roundHalfEven(value, 0).toString(radix);
}

function writeNumber(run: Evaluation, [value, picture, options]: readonly Value[]): Value {
  return isNumber(value)
    ? madeText(run, formatNumber(value, pictureOf(run, picture) ?? "", optionsOf(run, options)))
    : undefined;
}

function writeInteger(run: Evaluation, [value, picture]: readonly Value[]): Value {
  if (!isNumber(value)) {
    return undefined;
  }
  run.spend(Math.log10(1 + Math.abs(value)) * DIGIT_COST);
  return madeText(run, formatInteger(value, parseIntegerPicture(pictureOf(run, picture) ?? "")));
}

/** Each digit may take words. */
const DIGIT_COST = 0.25;

function readInteger(run: Evaluation, [value, picture]: readonly Value[]): Value {
  const text = pictureTextOf(value);
  if (text === null) {
    return undefined;
  }
  run.readText(text.length * 8);
  return parseInteger(text, parseIntegerPicture(pictureOf(run, picture) ?? ""));
}
