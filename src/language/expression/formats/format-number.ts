import { FormatFault } from "./format-fault.ts";
import { parseNumberPicture } from "./number-picture.ts";
import type { NumberFormat, NumberSymbols } from "./number-picture.ts";
import { roundHalfEven } from "./round-half-even.ts";

/** The names that options give the symbols, and what stands for them without one. */
const DEFAULTS = {
  "decimal-separator": ".",
  "grouping-separator": ",",
  "exponent-separator": "e",
  "minus-sign": "-",
  percent: "%",
  "per-mille": "\u2030",
  "zero-digit": "0",
  digit: "#",
  "pattern-separator": ";",
} as const;

/**
 * Writes a number by a picture.
 *
 * @param value - A finite number.
 * @param picture - How; see `parseNumberPicture`.
 * @param options - Other symbols, by XPath's names such as `decimal-separator`; unknown names are passed over.
 * @returns The text.
 * @throws FormatFault when the picture breaks a rule, or `D3206` when an option is not as it must be: each is a single
 *   character, but for the signs, which may be texts.
 */
export function formatNumber(value: number, picture: string, options: ReadonlyMap<string, unknown>): string {
  const symbols = readSymbols(options);
  const [positive, negative] = parseNumberPicture(picture, symbols);
  if (positive === undefined) {
    return "";
  }
  if (value >= 0) {
    return positive.prefix + formatMagnitude(value, positive, symbols) + positive.suffix;
  }
  const { prefix, suffix } = negative ?? { prefix: symbols.minus + positive.prefix, suffix: positive.suffix };
  return prefix + formatMagnitude(-value, negative ?? positive, symbols) + suffix;
}

function readSymbols(options: ReadonlyMap<string, unknown>): NumberSymbols {
  const readText = (name: keyof typeof DEFAULTS): string => {
    const given = options.get(name) ?? DEFAULTS[name];
    if (typeof given !== "string" || given === "") {
      throw new FormatFault("D3206", `the option "${name}" must be text`);
    }
    return given;
  };
  const read = (name: keyof typeof DEFAULTS): string => {
    const text = readText(name);
    if (Array.from(text).length !== 1) {
      throw new FormatFault("D3206", `the option "${name}" must be a single character`);
    }
    return text;
  };
  const zero = read("zero-digit").codePointAt(0) ?? 0;
  return {
    decimal: read("decimal-separator"),
    grouping: read("grouping-separator"),
    exponent: read("exponent-separator"),
    minus: readText("minus-sign"),
    percent: readText("percent"),
    perMille: readText("per-mille"),
    digits: Array.from({ length: 10 }, (_, digit) => String.fromCodePoint(zero + digit)),
    optional: read("digit"),
    pattern: read("pattern-separator"),
  };
}

/** XPath's 4.7.5, for a number that is not negative. */
function formatMagnitude(value: number, format: NumberFormat, symbols: NumberSymbols): string {
  const { mantissa, exponent } = scale(value * format.factor, format);
  const [integer = "", fraction = ""] = toPlainText(roundHalfEven(mantissa, format.fractionDigitsMax), format).split(
    ".",
  );
  const wholeDigits = integer.replace(/^0+/, "").padStart(format.integerDigitsMin, "0");
  const fractionDigits = fraction.replace(/0+$/, "").padEnd(format.fractionDigitsMin, "0");
  const whole = groupInteger(translate(wholeDigits, symbols), format, symbols);
  const rest = groupFraction(translate(fractionDigits, symbols), format, symbols);
  const point = format.hasPoint && rest !== "" ? symbols.decimal : "";
  return whole + point + (format.hasPoint ? rest : "") + formatExponent(exponent, format, symbols);
}

function scale(value: number, format: NumberFormat): { readonly mantissa: number; readonly exponent: number | null } {
  if (format.exponentDigitsMin === null) {
    return { mantissa: value, exponent: null };
  }
  const [least, most] = [10 ** (format.scale - 1), 10 ** format.scale];
  let mantissa = value;
  let exponent = 0;
  while (mantissa !== 0 && mantissa < least) {
    mantissa *= 10;
    exponent -= 1;
  }
  while (mantissa > most) {
    mantissa /= 10;
    exponent += 1;
  }
  return { mantissa, exponent };
}

/** Beyond 10^21 a double prints with an exponent; as a BigInt it prints all its digits. */
function toPlainText(value: number, format: NumberFormat): string {
  return value < 1e21 ? value.toFixed(format.fractionDigitsMax) : BigInt(value).toString();
}

function translate(latin: string, { digits }: NumberSymbols): string {
  return digits[0] === "0" ? latin : latin.replaceAll(/\d/g, (digit) => digits[Number(digit)] ?? digit);
}

function groupInteger(digits: string, { groupSize, integerGroups }: NumberFormat, { grouping }: NumberSymbols): string {
  const all = Array.from(digits);
  return all
    .map((digit, index) => {
      const toTheRight = all.length - index;
      const isBoundary = groupSize > 0 ? toTheRight % groupSize === 0 : integerGroups.includes(toTheRight);
      return isBoundary && index > 0 ? grouping + digit : digit;
    })
    .join("");
}

function groupFraction(digits: string, { fractionGroups }: NumberFormat, { grouping }: NumberSymbols): string {
  return Array.from(digits)
    .map((digit, index) => (fractionGroups.includes(index) ? grouping + digit : digit))
    .join("");
}

function formatExponent(exponent: number | null, format: NumberFormat, symbols: NumberSymbols): string {
  if (exponent === null) {
    return "";
  }
  const digits = String(Math.abs(exponent)).padStart(format.exponentDigitsMin ?? 0, "0");
  return symbols.exponent + (exponent < 0 ? symbols.minus : "") + translate(digits, symbols);
}
