import type { Evaluation } from "../evaluation/evaluation.ts";
import { isNumber } from "../evaluation/truth.ts";
import type { Value } from "../evaluation/values.ts";
import { formatInteger } from "../formats/format-integer.ts";
import { formatNumber } from "../formats/format-number.ts";
import { parseIntegerPicture } from "../formats/integer-picture.ts";
import { parseInteger } from "../formats/parse-integer.ts";
import type { FunctionDefinition } from "./definition.ts";
import { madeText, metered, optionsOf, pictureOf, pictureTextOf } from "./formats.ts";

/** Functions that write and read numbers by a picture. */
export const NUMERAL_FUNCTIONS: readonly FunctionDefinition[] = [
  { name: "formatNumber", signature: "<n-so?:s>", run: metered(250, writeNumber) },
  { name: "formatInteger", signature: "<n-s:s>", run: metered(35, writeInteger) },
  { name: "parseInteger", signature: "<s-s:n>", run: metered(40, readInteger) },
];

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
