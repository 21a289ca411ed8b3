import { FormatFault } from "./format-fault.ts";

/** How the letters of a number are written. */
export type LetterCase = "upper" | "lower" | "title";

/** A separator between the digits of a number. */
export interface Grouping {
  /** Digits to its right. */
  readonly position: number;
  readonly character: string;
}

/** How digits are written. */
export interface DecimalFormat {
  readonly kind: "decimal";
  readonly isOrdinal: boolean;
  /** Code point of the zero of the digits in use. */
  readonly zeroCode: number;
  /** Digits that are written even when they are leading zeros. */
  readonly mandatoryDigits: number;
  readonly optionalDigits: number;
  /** The distance that all separators keep; 0 when they keep none. */
  readonly groupSize: number;
  readonly groupings: readonly Grouping[];
}

/** A parsed picture of `$formatInteger`, `$parseInteger` or a number in a date. */
export type IntegerFormat =
  | DecimalFormat
  | { readonly kind: "letters" | "roman"; readonly letterCase: LetterCase }
  | { readonly kind: "words"; readonly letterCase: LetterCase; readonly isOrdinal: boolean };

/** The zeros of Unicode's families of decimal digits in the basic plane. */
const ZEROS = [
  0x30, 0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66, 0x0de6, 0x0e50,
  0x0ed0, 0x0f20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50,
  0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10,
];

/**
 * Parses the picture of an integer (XPath `format-integer`): `0`, `#,##0`, `A`, `i`, `Ww`, each with `;o` for ordinals.
 *
 * @param picture - The picture.
 * @returns The format.
 * @throws FormatFault `D3130` for a numbering that is not known, `D3131` for digits of two families.
 */
export function parseIntegerPicture(picture: string): IntegerFormat {
  const semicolon = picture.lastIndexOf(";");
  const primary = semicolon === -1 ? picture : picture.slice(0, semicolon);
  const isOrdinal = semicolon !== -1 && picture[semicolon + 1] === "o";
  switch (primary) {
    case "A":
      return { kind: "letters", letterCase: "upper" };
    case "a":
      return { kind: "letters", letterCase: "lower" };
    case "I":
      return { kind: "roman", letterCase: "upper" };
    case "i":
      return { kind: "roman", letterCase: "lower" };
    case "W":
      return { kind: "words", letterCase: "upper", isOrdinal };
    case "w":
      return { kind: "words", letterCase: "lower", isOrdinal };
    case "Ww":
      return { kind: "words", letterCase: "title", isOrdinal };
    default:
      return parseDigits(primary, isOrdinal);
  }
}

/**
 * Finds the distance that all separators keep.
 *
 * @param positions - Digits to the right of each separator.
 * @returns The distance; 0 when there is none or no separator.
 */
export function regularDistance(positions: readonly number[]): number {
  const factor = positions.reduce(greatestCommonDivisor, 0);
  return positions.length > 0 && positions.every((_, index) => positions.includes((index + 1) * factor)) ? factor : 0;
}

function parseDigits(primary: string, isOrdinal: boolean): DecimalFormat {
  const groupings: Grouping[] = [];
  const zeros = new Set<number>();
  let mandatoryDigits = 0;
  let optionalDigits = 0;
  for (const character of Array.from(primary).toReversed()) {
    const code = character.codePointAt(0) ?? 0;
    const zero = ZEROS.find((start) => code >= start && code <= start + 9);
    if (zero !== undefined) {
      mandatoryDigits += 1;
      zeros.add(zero);
    } else if (character === "#") {
      optionalDigits += 1;
    } else {
      groupings.push({ position: mandatoryDigits + optionalDigits, character });
    }
  }
  if (zeros.size > 1) {
    throw new FormatFault("D3131", `the picture "${primary}" mixes digits of two families: use those of one`);
  }
  const [zeroCode] = zeros;
  if (zeroCode === undefined) {
    throw new FormatFault("D3130", `the numbering "${primary}" is not known: use digits, A, a, I, i, W, w or Ww`);
  }
  const isOneCharacter = new Set(groupings.map(({ character }) => character)).size === 1;
  const groupSize = isOneCharacter ? regularDistance(groupings.map(({ position }) => position)) : 0;
  return { kind: "decimal", isOrdinal, zeroCode, mandatoryDigits, optionalDigits, groupSize, groupings };
}

function greatestCommonDivisor(left: number, right: number): number {
  return right === 0 ? left : greatestCommonDivisor(right, left % right);
}
