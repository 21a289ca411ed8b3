import { FormatFault } from "./format-fault.ts";
import type { DecimalFormat, IntegerFormat, LetterCase } from "./integer-picture.ts";
import { wordsOfInteger } from "./integer-words.ts";

const NUMERALS: readonly (readonly [number, string])[] = [
  [1000, "m"],
  [900, "cm"],
  [500, "d"],
  [400, "cd"],
  [100, "c"],
  [90, "xc"],
  [50, "l"],
  [40, "xl"],
  [10, "x"],
  [9, "ix"],
  [5, "v"],
  [4, "iv"],
  [1, "i"],
];

const ORDINAL_SUFFIXES = new Map([
  ["1", "st"],
  ["2", "nd"],
  ["3", "rd"],
]);

/** A numeral is as long as its thousands are many. */
const ROMAN_MAX = 1_000_000;

/**
 * Writes a whole number.
 *
 * @param value - A number; its fraction is dropped downwards.
 * @param format - The parsed picture.
 * @returns The text.
 * @throws FormatFault `D3200` for a number that its numerals cannot write.
 */
export function formatInteger(value: number, format: IntegerFormat): string {
  const whole = Math.floor(value);
  const text = formatMagnitude(Math.abs(whole), format);
  return whole < 0 ? `-${text}` : text;
}

function formatMagnitude(value: number, format: IntegerFormat): string {
  switch (format.kind) {
    case "decimal":
      return formatDigits(value, format);
    case "letters":
      return withCase(lettersOf(value), format.letterCase);
    case "roman":
      return withCase(romanOf(value), format.letterCase);
    case "words":
      return withCase(wordsOfInteger(value, format.isOrdinal), format.letterCase);
  }
}

/**
 * Writes letters in the case that a picture asks for.
 *
 * @param text - In title case.
 * @param letterCase - The case wanted.
 * @returns The text in that case.
 */
export function withCase(text: string, letterCase: LetterCase): string {
  switch (letterCase) {
    case "upper":
      return text.toUpperCase();
    case "lower":
      return text.toLowerCase();
    case "title":
      return text;
  }
}

/** The columns of a spreadsheet: a to z, then aa. Zero has no letters. */
function lettersOf(value: number): string {
  const letters: string[] = [];
  for (let rest = value; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    letters.push(String.fromCodePoint(0x61 + ((rest - 1) % 26)));
  }
  return letters.toReversed().join("");
}

function romanOf(value: number): string {
  if (value > ROMAN_MAX) {
    throw new FormatFault("D3200", `${value} has no roman numeral here: they end at ${ROMAN_MAX}`);
  }
  let rest = value;
  let text = "";
  for (const [worth, numeral] of NUMERALS) {
    text += numeral.repeat(Math.floor(rest / worth));
    rest %= worth;
  }
  return text;
}

function formatDigits(value: number, format: DecimalFormat): string {
  // A double beyond 10^21 prints with an exponent; as a BigInt it prints all its digits.
  const latin = (Number.isSafeInteger(value) ? String(value) : BigInt(value).toString()).padStart(
    format.mandatoryDigits,
    "0",
  );
  const digits = translateDigits(latin, format.zeroCode);
  const grouped = groupDigits(digits, format);
  return format.isOrdinal ? grouped + ordinalSuffix(latin) : grouped;
}

function translateDigits(latin: string, zeroCode: number): string {
  return zeroCode === 0x30 ? latin : latin.replaceAll(/\d/g, (digit) => String.fromCodePoint(zeroCode + Number(digit)));
}

function groupDigits(digits: string, { groupSize, groupings }: DecimalFormat): string {
  const separators = new Map(groupings.map(({ position, character }) => [position, character]));
  const [regular = ""] = separators.values();
  return Array.from(digits)
    .map((digit, index) => {
      const toTheRight = digits.length - index;
      const irregular = separators.get(toTheRight) ?? "";
      const separator = groupSize > 0 && toTheRight % groupSize === 0 ? regular : irregular;
      return index === 0 ? digit : separator + digit;
    })
    .join("");
}

function ordinalSuffix(latin: string): string {
  const isTeen = latin.length > 1 && latin.at(-2) === "1";
  return (isTeen ? undefined : ORDINAL_SUFFIXES.get(latin.slice(-1))) ?? "th";
}
