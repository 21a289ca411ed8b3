const SMALL = [
  "Zero",
  "One",
  "Two",
  "Three",
  "Four",
  "Five",
  "Six",
  "Seven",
  "Eight",
  "Nine",
  "Ten",
  "Eleven",
  "Twelve",
  "Thirteen",
  "Fourteen",
  "Fifteen",
  "Sixteen",
  "Seventeen",
  "Eighteen",
  "Nineteen",
];
const TENS = ["Twenty", "Thirty", "Forty", "Fifty", "Sixty", "Seventy", "Eighty", "Ninety"];
const MAGNITUDES = ["Thousand", "Million", "Billion", "Trillion"];

/** Ordinals that are not their cardinal with `th` at the end. */
const IRREGULAR = new Map([
  ["One", "First"],
  ["Two", "Second"],
  ["Three", "Third"],
  ["Five", "Fifth"],
  ["Eight", "Eighth"],
  ["Nine", "Ninth"],
  ["Twelve", "Twelfth"],
]);

/** What a word stands for, by its lower-case spelling, cardinals and ordinals. */
const WORD_VALUES: ReadonlyMap<string, number> = new Map([
  ...valuesOf(SMALL, (index) => index),
  ...valuesOf(TENS, (index) => (index + 2) * 10),
  ...valuesOf(["Hundred"], () => 100),
  ...valuesOf(MAGNITUDES, (index) => 1000 ** (index + 1)),
]);

/**
 * Writes a whole number in English words, such as `Two Hundred and Fifty-Three`.
 *
 * @param value - Not negative.
 * @param isOrdinal - Whether `Third` is wanted instead of `Three`.
 * @returns The words in title case. Beyond trillions the largest word repeats.
 */
export function wordsOfInteger(value: number, isOrdinal: boolean): string {
  const words = spell(value);
  return isOrdinal ? words.replace(/[A-Za-z]+$/, ordinalOf) : words;
}

/**
 * Reads a whole number from English words.
 *
 * @param text - Cardinal or ordinal words, whatever their case.
 * @returns The number; NaN when a word is no number.
 */
export function integerOfWords(text: string): number {
  const segments = [0];
  for (const word of text.toLowerCase().split(/,\s|\sand\s|[\s-]/)) {
    const value = WORD_VALUES.get(word) ?? Number.NaN;
    const last = segments.pop() ?? 0;
    if (value >= 100) {
      segments.push(last * value);
    } else if (last >= 1000) {
      segments.push(last, value);
    } else {
      segments.push(last + value);
    }
  }
  return segments.reduce((sum, segment) => sum + segment, 0);
}

/** Matches the words of a number, as a pattern of a regular expression. */
export const NUMBER_WORD_PATTERN = `(?:${[...WORD_VALUES.keys()].join("|")}|and|[-, ])+`;

function spell(value: number): string {
  if (value < 20) {
    return SMALL[value] ?? "";
  }
  if (value < 100) {
    const ten = TENS[Math.floor(value / 10) - 2] ?? "";
    return value % 10 === 0 ? ten : `${ten}-${SMALL[value % 10] ?? ""}`;
  }
  const [factor, word] = magnitudeOf(value);
  const count = Math.floor(value / factor);
  const rest = value - count * factor;
  const start = `${spell(count)} ${word}`;
  return rest === 0 ? start : start + (rest < 100 ? " and " : ", ") + spell(rest);
}

function magnitudeOf(value: number): readonly [number, string] {
  if (value < 1000) {
    return [100, "Hundred"];
  }
  const index = Math.min(Math.floor(Math.log10(value) / 3), MAGNITUDES.length);
  return [1000 ** index, MAGNITUDES[index - 1] ?? ""];
}

function ordinalOf(word: string): string {
  return IRREGULAR.get(word) ?? (word.endsWith("y") ? `${word.slice(0, -1)}ieth` : `${word}th`);
}

function valuesOf(words: readonly string[], valueAt: (index: number) => number): [string, number][] {
  return words.flatMap((word, index): [string, number][] => [
    [word.toLowerCase(), valueAt(index)],
    [ordinalOf(word).toLowerCase(), valueAt(index)],
  ]);
}
