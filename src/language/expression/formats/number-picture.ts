import { FormatFault } from "./format-fault.ts";
import { regularDistance } from "./integer-picture.ts";

/** The characters that a picture and the text made from it are written with. */
export interface NumberSymbols {
  readonly decimal: string;
  readonly grouping: string;
  readonly exponent: string;
  readonly minus: string;
  readonly percent: string;
  readonly perMille: string;
  /** The ten digits from zero. */
  readonly digits: readonly string[];
  /** Stands for a digit that may be missing. */
  readonly optional: string;
  readonly pattern: string;
}

/** One of the two parts of a picture, parsed. */
export interface NumberFormat {
  readonly prefix: string;
  readonly suffix: string;
  /** What the number is multiplied by: 100 with a percent sign, 1000 with a per-mille sign. */
  readonly factor: number;
  readonly integerDigitsMin: number;
  /** Digits before the point when there is an exponent. */
  readonly scale: number;
  readonly fractionDigitsMin: number;
  readonly fractionDigitsMax: number;
  /** Null when there is no exponent. */
  readonly exponentDigitsMin: number | null;
  /** The distance that all separators keep; 0 when they keep none. */
  readonly groupSize: number;
  /** Digits to the right of each separator of the whole part. */
  readonly integerGroups: readonly number[];
  /** Digits to the left of each separator of the fraction. */
  readonly fractionGroups: readonly number[];
  readonly hasPoint: boolean;
}

/** A part of a picture, cut where its roles change. */
interface Parts {
  readonly whole: string;
  readonly prefix: string;
  readonly suffix: string;
  readonly active: string;
  readonly integer: string;
  /** Null when there is no point. */
  readonly fraction: string | null;
  /** Null when there is no exponent. */
  readonly exponent: string | null;
}

/** `Number.prototype.toFixed` takes no more. */
const FRACTION_DIGITS_MAX = 100;

/**
 * Parses a picture of `$formatNumber` (XPath `format-number`): `#,##0.00`, `0.0e0`, `0%`, `0;(0)`.
 *
 * @param picture - One part, or two with the pattern separator between them: the second is for negative numbers.
 * @param symbols - The characters in use.
 * @returns One format or two.
 * @throws FormatFault `D3080` to `D3093`, each for a rule of XPath that the picture breaks.
 */
export function parseNumberPicture(picture: string, symbols: NumberSymbols): readonly NumberFormat[] {
  const pictures = picture.split(symbols.pattern);
  if (pictures.length > 2) {
    throw new FormatFault("D3080", `the picture "${picture}" has more than two parts`);
  }
  const parts = pictures.map((part) => splitParts(part, symbols));
  for (const part of parts) {
    checkParts(part, symbols);
  }
  return parts.map((part) => analyse(part, symbols));
}

function splitParts(whole: string, symbols: NumberSymbols): Parts {
  const active = new Set([...symbols.digits, symbols.decimal, symbols.grouping, symbols.optional]);
  const text = Array.from(whole);
  const characters = text.map((character) => active.has(character));
  // Without any such character the whole counts as active, and is refused for that.
  const hasActive = characters.includes(true);
  const start = hasActive ? characters.indexOf(true) : 0;
  const end = hasActive ? characters.lastIndexOf(true) + 1 : characters.length;
  const activePart = text.slice(start, end);
  const exponentAt = activePart.indexOf(symbols.exponent);
  const mantissa = exponentAt === -1 ? activePart : activePart.slice(0, exponentAt);
  const pointAt = mantissa.indexOf(symbols.decimal);
  return {
    whole,
    prefix: text.slice(0, start).join(""),
    suffix: text.slice(end).join(""),
    active: activePart.join(""),
    integer: (pointAt === -1 ? mantissa : mantissa.slice(0, pointAt)).join(""),
    fraction: pointAt === -1 ? null : mantissa.slice(pointAt + 1).join(""),
    exponent: exponentAt === -1 ? null : activePart.slice(exponentAt + 1).join(""),
  };
}

/** The rules of XPath's 4.7.3; when several are broken, the last one is told, as JSONata does. */
function checkParts(parts: Parts, symbols: NumberSymbols): void {
  const broken = [...brokenSigns(parts, symbols), ...brokenDigits(parts, symbols), ...brokenExponent(parts, symbols)];
  const last = broken.at(-1);
  if (last !== undefined) {
    throw new FormatFault(last[0], `the picture "${parts.whole}" ${last[1]}`);
  }
}

type Broken = readonly (readonly [code: string, reason: string])[];

function brokenSigns({ whole, integer, fraction, active }: Parts, symbols: NumberSymbols): Broken {
  const { decimal, grouping, exponent, percent, perMille, digits, optional } = symbols;
  const isActive = new Set([...digits, decimal, grouping, exponent, optional]);
  const hasDigit = Array.from(integer + (fraction ?? "")).some((one) => one === optional || digits.includes(one));
  return listBroken([
    [count(whole, decimal) > 1, "D3081", "has more than one decimal separator"],
    [count(whole, percent) > 1, "D3082", "has more than one percent sign"],
    [count(whole, perMille) > 1, "D3083", "has more than one per-mille sign"],
    [whole.includes(percent) && whole.includes(perMille), "D3084", "has a percent and a per-mille sign"],
    [!hasDigit, "D3085", "has no digit before the exponent"],
    [Array.from(active).some((one) => !isActive.has(one)), "D3086", "has text between its digits"],
  ]);
}

function brokenDigits({ whole, integer, fraction }: Parts, symbols: NumberSymbols): Broken {
  const { decimal, grouping, digits, optional } = symbols;
  const isBesidePoint = whole.includes(grouping + decimal) || whole.includes(decimal + grouping);
  const beforeOptional = integer.slice(0, Math.max(0, integer.indexOf(optional)));
  const afterOptional = fractionAfter(fraction ?? "", optional);
  return listBroken([
    [fraction !== null && isBesidePoint, "D3087", "has a grouping separator beside the decimal separator"],
    [fraction === null && integer.endsWith(grouping), "D3088", "ends its whole part with a grouping separator"],
    [whole.includes(grouping + grouping), "D3089", "has two grouping separators side by side"],
    [countAny(beforeOptional, digits) > 0, "D3090", "has a digit before an optional digit of the whole part"],
    [countAny(afterOptional, digits) > 0, "D3091", "has a digit after an optional digit of the fraction"],
    [(fraction?.length ?? 0) > FRACTION_DIGITS_MAX, "D3205", `has more than ${FRACTION_DIGITS_MAX} digits of fraction`],
  ]);
}

/** The digits that must be written behind the last that may be missing. */
function fractionAfter(fraction: string, optional: string): string {
  return fraction.includes(optional) ? fraction.slice(fraction.lastIndexOf(optional)) : "";
}

function brokenExponent({ whole, exponent }: Parts, symbols: NumberSymbols): Broken {
  const { percent, perMille, digits } = symbols;
  const isScaled = whole.includes(percent) || whole.includes(perMille);
  const isNumber = exponent !== null && exponent !== "" && Array.from(exponent).every((one) => digits.includes(one));
  return listBroken([
    [exponent !== null && exponent !== "" && isScaled, "D3092", "has an exponent and a percent or per-mille sign"],
    [exponent !== null && !isNumber, "D3093", "has something other than digits in its exponent"],
  ]);
}

function listBroken(rules: readonly (readonly [boolean, string, string])[]): Broken {
  return rules.flatMap(([isBroken, code, reason]) => (isBroken ? [[code, reason] as const] : []));
}

/** XPath's 4.7.4. */
function analyse(parts: Parts, symbols: NumberSymbols): NumberFormat {
  const { integer, prefix, suffix, whole } = parts;
  const { digits, optional, grouping, percent, perMille } = symbols;
  const fraction = parts.fraction ?? "";
  const scale = countAny(integer, digits);
  const integerGroups = groupsOf(integer, grouping, [...digits, optional]);
  const perMilleFactor = whole.includes(perMille) ? 1000 : 1;
  return {
    prefix,
    suffix,
    scale,
    factor: whole.includes(percent) ? 100 : perMilleFactor,
    integerGroups,
    groupSize: regularDistance(integerGroups),
    fractionGroups: groupsOfFraction(fraction, grouping, [...digits, optional]),
    exponentDigitsMin: parts.exponent === null ? null : countAny(parts.exponent, digits),
    hasPoint: parts.fraction !== null,
    ...sizesOf(parts, symbols, scale),
  };
}

type Sizes = Pick<NumberFormat, "integerDigitsMin" | "fractionDigitsMin" | "fractionDigitsMax">;

function sizesOf(parts: Parts, { digits, optional }: NumberSymbols, scale: number): Sizes {
  const { integer, exponent } = parts;
  const fraction = parts.fraction ?? "";
  const sizes = {
    integerDigitsMin: scale,
    fractionDigitsMin: countAny(fraction, digits),
    fractionDigitsMax: countAny(fraction, [...digits, optional]),
  };
  if (scale > 0) {
    return sizes;
  }
  // Without a single digit that must be written, `0` would be written as nothing.
  if (exponent === null) {
    const needsInteger = sizes.fractionDigitsMax === 0;
    const needsFraction = !needsInteger && sizes.fractionDigitsMin === 0;
    return {
      ...sizes,
      integerDigitsMin: Number(needsInteger),
      fractionDigitsMin: needsFraction ? 1 : sizes.fractionDigitsMin,
    };
  }
  const integerDigitsMin = Number(integer.includes(optional));
  const fractionDigitsMax = Math.max(1, sizes.fractionDigitsMax);
  const needsFraction = sizes.fractionDigitsMax === 0 || integerDigitsMin === 0;
  return {
    integerDigitsMin,
    fractionDigitsMax,
    fractionDigitsMin: Math.max(Number(needsFraction), sizes.fractionDigitsMin),
  };
}

function groupsOf(integer: string, grouping: string, digits: readonly string[]): readonly number[] {
  const pieces = integer.split(grouping);
  return pieces.slice(1).map((_, index) => countAny(pieces.slice(index + 1).join(""), digits));
}

function groupsOfFraction(fraction: string, grouping: string, digits: readonly string[]): readonly number[] {
  const pieces = fraction.split(grouping);
  return pieces.slice(1).map((_, index) => countAny(pieces.slice(0, index + 1).join(""), digits));
}

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}

function countAny(text: string, characters: readonly string[]): number {
  return Array.from(text).filter((one) => characters.includes(one)).length;
}
