import { isDateField } from "./date-fields.ts";
import type { DateField } from "./date-fields.ts";
import { FormatFault } from "./format-fault.ts";
import { parseIntegerPicture } from "./integer-picture.ts";
import type { DecimalFormat, IntegerFormat, LetterCase } from "./integer-picture.ts";

/** A component that is a number. */
export interface NumberPart {
  readonly kind: "number";
  readonly field: DateField;
  readonly format: IntegerFormat;
  /** How many of the last digits of a year are written; null for all. */
  readonly yearDigits: number | null;
  /** Digits that are read, when another number follows at once; null for as many as there are. */
  readonly digitsRead: number | null;
}

/** One part of a picture, in the order written. */
export type DatePart =
  | { readonly kind: "literal"; readonly text: string }
  | NumberPart
  | {
      readonly kind: "name";
      readonly field: "M" | "x" | "F";
      readonly letterCase: LetterCase;
      readonly lengthMax: number | null;
    }
  | { readonly kind: "half-day"; readonly letterCase: LetterCase }
  | { readonly kind: "iso" }
  | {
      readonly kind: "zone";
      /** Whether `GMT` stands before the offset. */
      readonly isPrefixed: boolean;
      readonly format: DecimalFormat;
      /** Whether UTC is written as `Z`. */
      readonly isZuluForm: boolean;
    };

interface Marker {
  readonly component: string;
  readonly presentation: string;
  /** The second modifier: `o` for ordinals, `t` for the traditional form; empty when there is none. */
  readonly modifier: string;
  readonly widthMin: number | null;
  readonly widthMax: number | null;
}

const DEFAULTS: ReadonlyMap<string, string> = new Map([
  ..."YMDdWwXxHhf".split("").map((component): [string, string] => [component, "1"]),
  ..."FPCE".split("").map((component): [string, string] => [component, "n"]),
  ..."ms".split("").map((component): [string, string] => [component, "01"]),
  ..."Zz".split("").map((component): [string, string] => [component, "01:01"]),
]);

const WIDTH_MAX = 100;
const WIDTH = /^(\d+|\*)(?:-(\d+|\*))?$/;

/**
 * Parses a picture of `$fromMillis` and `$toMillis` (XPath `format-dateTime`): `[Y0001]-[M01]-[D01]`.
 *
 * @param picture - The picture.
 * @returns Its parts.
 * @throws FormatFault `D3135` for a bracket that is not closed, `D3132` for an unknown component, `D3133` for one that
 *   has no names, `D3134` for an offset of five digits and more, `D3203` for a width that is none.
 */
export function parseDatePicture(picture: string): readonly DatePart[] {
  const parts: DatePart[] = [];
  for (const { isMarker, text } of splitPicture(picture)) {
    const part: DatePart = isMarker ? readMarker(text) : { kind: "literal", text };
    const previous = parts.at(-1);
    // Two numbers side by side: where the first ends must be known to read them.
    if (part.kind === "number" && previous?.kind === "number" && previous.format.kind === "decimal") {
      parts[parts.length - 1] = { ...previous, digitsRead: previous.format.mandatoryDigits };
    }
    parts.push(part);
  }
  return parts;
}

interface PictureToken {
  readonly isMarker: boolean;
  /** A literal as it is meant, or what stands between the brackets of a marker, without white space. */
  readonly text: string;
}

function splitPicture(picture: string): readonly PictureToken[] {
  const tokens: PictureToken[] = [];
  let from = 0;
  while (from < picture.length) {
    const open = indexFrom(picture, "[", from);
    if (open > from) {
      tokens.push({ isMarker: false, text: picture.slice(from, open).replaceAll("]]", "]") });
      from = open;
    } else if (picture.startsWith("[[", open)) {
      tokens.push({ isMarker: false, text: "[" });
      from = open + 2;
    } else {
      const close = indexFrom(picture, "]", open);
      if (close === picture.length) {
        throw new FormatFault("D3135", `the picture has no "]" after "${picture.slice(open, open + 20)}"`);
      }
      tokens.push({ isMarker: true, text: picture.slice(open + 1, close).replaceAll(/\s+/g, "") });
      from = close + 1;
    }
  }
  return tokens;
}

/** Where a character stands next; the end when nowhere. */
function indexFrom(text: string, character: string, from: number): number {
  const index = text.indexOf(character, from);
  return index === -1 ? text.length : index;
}

function readMarker(text: string): DatePart {
  const marker = splitMarker(text);
  const { component, presentation, modifier } = marker;
  switch (component) {
    case "P":
      return { kind: "half-day", letterCase: caseOf(presentation) };
    case "C":
    case "E":
      return { kind: "iso" };
    case "Z":
    case "z":
      return {
        kind: "zone",
        isPrefixed: component === "z",
        format: readZoneFormat(presentation),
        isZuluForm: modifier === "t",
      };
    default:
      return /^n/i.test(presentation) ? readName(marker) : readNumber(marker);
  }
}

function splitMarker(text: string): Marker {
  const component = text.slice(0, 1);
  const comma = text.lastIndexOf(",");
  const modifiers = comma === -1 ? text.slice(1) : text.slice(1, comma);
  const modifier = modifiers.length > 1 && /[atco]$/.test(modifiers) ? modifiers.slice(-1) : "";
  const given = modifiers.slice(0, modifiers.length - modifier.length);
  const presentation = given === "" ? DEFAULTS.get(component) : given;
  if (presentation === undefined || !DEFAULTS.has(component)) {
    throw new FormatFault("D3132", `"${component}" is no component of a date: see the table of pictures`);
  }
  return { component, presentation, modifier, ...readWidths(comma === -1 ? null : text.slice(comma + 1)) };
}

function readWidths(text: string | null): Pick<Marker, "widthMin" | "widthMax"> {
  if (text === null) {
    return { widthMin: null, widthMax: null };
  }
  const match = WIDTH.exec(text);
  const [widthMin, widthMax] = [readWidth(match?.[1]), readWidth(match?.[2])];
  if (match === null || Math.max(widthMin ?? 0, widthMax ?? 0) > WIDTH_MAX) {
    throw new FormatFault(
      "D3203",
      `"${text.slice(0, 20)}" is no width: write one such as "2" or "*-2", up to ${WIDTH_MAX}`,
    );
  }
  return { widthMin, widthMax };
}

function readWidth(text: string | undefined): number | null {
  return text === undefined || text === "*" ? null : Number(text);
}

function readZoneFormat(presentation: string): DecimalFormat {
  const format = /^n/i.test(presentation) ? null : parseIntegerPicture(presentation);
  const isUsable = format?.kind === "decimal" && (format.groupSize > 0 || format.mandatoryDigits <= 4);
  if (!isUsable) {
    throw new FormatFault("D3134", `an offset cannot be written as "${presentation}": use 01:01, 0101, 01 or 0`);
  }
  return format;
}

function readName({ component, presentation, widthMax }: Marker): DatePart {
  if (component !== "M" && component !== "x" && component !== "F") {
    throw new FormatFault("D3133", `"${component}" has no names: only M, x and F have`);
  }
  return { kind: "name", field: component, letterCase: caseOf(presentation), lengthMax: widthMax };
}

function readNumber({ component, presentation, modifier, widthMin, widthMax }: Marker): NumberPart {
  if (!isDateField(component)) {
    throw new FormatFault("D3132", `"${component}" is no component of a date that is a number`);
  }
  const format = parseIntegerPicture(modifier === "" ? presentation : `${presentation};${modifier}`);
  const part: NumberPart = { kind: "number", field: component, format, yearDigits: null, digitsRead: null };
  if (format.kind !== "decimal") {
    return part;
  }
  const mandatoryDigits = Math.max(format.mandatoryDigits, widthMin ?? 0);
  if (component !== "Y") {
    return { ...part, format: { ...format, mandatoryDigits } };
  }
  if (widthMax !== null) {
    return { ...part, format: { ...format, mandatoryDigits: widthMax }, yearDigits: widthMax };
  }
  const digits = mandatoryDigits + format.optionalDigits;
  return { ...part, format: { ...format, mandatoryDigits }, yearDigits: digits >= 2 ? digits : null };
}

function caseOf(presentation: string): LetterCase {
  if (presentation.startsWith("Nn")) {
    return "title";
  }
  return presentation.startsWith("N") ? "upper" : "lower";
}
