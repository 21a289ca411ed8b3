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
  { name: "formatInteger", signature: "<n-s:s>", run: metered(60, writeInteger) },
  { name: "parseInteger", signature: "<s-s:n>", run: metered(60, readInteger) },
];

function writeNumber(run: Evaluation, [value, picture, options]: readonly Value[]): Value {
  return isNumber(value)
    ? madeText(run, formatNumber(value, pictureOf(run, picture) ?? "", optionsOf(run, options)))
    : undefined;
}

function writeInteger(run: Evaluation, [value, picture]: readonly Value[]): Value {
  return isNumber(value)
    ? madeText(run, formatInteger(value, parseIntegerPicture(pictureOf(run, picture) ?? "")))
    : undefined;
}

function readInteger(run: Evaluation, [value, picture]: readonly Value[]): Value {
  const text = pictureTextOf(value);
  if (text === null) {
    return undefined;
  }
  run.readText(text.length * 8);
  return parseInteger(text, parseIntegerPicture(pictureOf(run, picture) ?? ""));
}
