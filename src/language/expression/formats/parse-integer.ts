import { FormatFault } from "./format-fault.ts";
import type { DecimalFormat, IntegerFormat, LetterCase } from "./integer-picture.ts";
import { integerOfWords } from "./integer-words.ts";

const ROMAN_VALUES: ReadonlyMap<string, number> = new Map([
  ["M", 1000],
  ["D", 500],
  ["C", 100],
  ["L", 50],
  ["X", 10],
  ["V", 5],
  ["I", 1],
]);

const SHOWN_LENGTH_MAX = 60;

/**
 * Reads a whole number.
 *
 * @param text - The number as the picture writes it.
 * @param format - The parsed picture.
 * @returns The number.
 * @throws FormatFault `D3201` when the text is no such number.
 */
export function parseInteger(text: string, format: IntegerFormat): number {
  const value = readInteger(text, format);
  if (Number.isNaN(value)) {
    throw new FormatFault("D3201", `"${text.slice(0, SHOWN_LENGTH_MAX)}" is no whole number as the picture writes it`);
  }
  return value;
}

function readInteger(text: string, format: IntegerFormat): number {
  switch (format.kind) {
    case "decimal":
      return readDigits(text, format);
    case "letters":
      return readLetters(text, format.letterCase);
    case "roman":
      return readRoman(text.toUpperCase());
    case "words":
      return integerOfWords(text);
  }
}

function readDigits(text: string, { groupings, zeroCode, isOrdinal }: DecimalFormat): number {
  const bare = isOrdinal ? text.slice(0, -2) : text;
  const separators = new Set(groupings.map(({ character }) => character));
  const digits = Array.from(bare).filter((character) => !separators.has(character));
  const latin = digits.map((digit) => latinDigit(digit, zeroCode)).join("");
  return /^[+-]?\d+$/.test(latin) ? Number(latin) : Number.NaN;
}

function latinDigit(character: string, zeroCode: number): string {
  const digit = (character.codePointAt(0) ?? 0) - zeroCode;
  return digit >= 0 && digit <= 9 ? String(digit) : character;
}

function readLetters(text: string, letterCase: LetterCase): number {
  const first = letterCase === "upper" ? 0x41 : 0x61;
  let value = 0;
  for (const letter of text) {
    const index = (letter.codePointAt(0) ?? 0) - first;
    value = index >= 0 && index < 26 ? value * 26 + index + 1 : Number.NaN;
  }
  return value;
}

function readRoman(text: string): number {
  let value = 0;
  let highest = 1;
  for (const letter of Array.from(text).toReversed()) {
    const worth = ROMAN_VALUES.get(letter) ?? Number.NaN;
    value += worth < highest ? -worth : worth;
    highest = Math.max(highest, worth);
  }
  return value;
}
