import { RE2JS } from "re2js";
import { isDateField, readField, utc } from "./date-fields.ts";
import type { DateField } from "./date-fields.ts";
import { DAY_NAMES, MONTH_NAMES } from "./date-names.ts";
import { parseDatePicture } from "./date-picture.ts";
import type { DatePart, NumberPart } from "./date-picture.ts";
import { FormatFault } from "./format-fault.ts";
import { NUMBER_WORD_PATTERN } from "./integer-words.ts";
import { parseInteger } from "./parse-integer.ts";

/** What a text gave: components by letter, `P` as 0 or 1, `Z` in minutes. */
type Components = Map<DateField | "P" | "Z", number>;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const SHOWN_LENGTH_MAX = 60;

/** The ways to say a date and a time, most significant component first. */
const DATE_BY_MONTH = ["Y", "M", "D"] as const;
const DATE_BY_DAY = ["Y", "d"] as const;
const CLOCK_24 = ["H", "m", "s", "f"] as const;
const CLOCK_12 = ["P", "h", "m", "s", "f"] as const;

/** The highest value of each component that has one; its lowest is `LOWEST`, else 0. */
const HIGHEST = new Map<string, number>([
  ["M", 12],
  ["D", 31],
  ["d", 366],
  ["H", 24],
  ["h", 12],
  ["m", 59],
  ["s", 59],
]);
const LOWEST = new Map<string, number>([
  ["M", 1],
  ["D", 1],
  ["d", 1],
]);

/**
 * Reads an instant by a picture.
 *
 * @param text - The date and time.
 * @param picture - How it is written.
 * @param now - What the components are taken from that are more significant than those given.
 * @returns Epoch ms, or null when the text is not of that form.
 * @throws FormatFault `D3136` when components between those given are missing, `D3110` for a date that does not exist,
 *   and what `parseDatePicture` throws.
 */
export function parseDate(text: string, picture: string, now: Date): number | null {
  const parts = parseDatePicture(picture);
  const pattern = parts.map((part) => `(${patternOf(part)})`).join("");
  const matcher = RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE).matcher(text);
  if (!matcher.matches()) {
    return null;
  }
  const components: Components = new Map();
  for (const [index, part] of parts.entries()) {
    readPart(part, matcher.group(index + 1) ?? "", components);
  }
  return components.size === 0 ? null : instantOf(components, now, text);
}

function patternOf(part: DatePart): string {
  switch (part.kind) {
    case "literal":
      return RE2JS.quote(part.text);
    case "number":
      return numberPattern(part);
    case "name":
    case "half-day":
    case "iso":
      return "[a-zA-Z]+";
    case "zone": {
      const [separator] = part.format.groupings;
      const minutes = separator === undefined ? "" : `${RE2JS.quote(separator.character)}[0-9]+`;
      return `${part.isPrefixed ? "GMT" : ""}[-+][0-9]+${minutes}${part.isZuluForm ? "|Z" : ""}`;
    }
  }
}

function numberPattern({ format, digitsRead, field }: NumberPart): string {
  switch (format.kind) {
    case "letters":
      return "[a-zA-Z]+";
    case "roman":
      return "[mdclxviMDCLXVI]+";
    case "words":
      return NUMBER_WORD_PATTERN;
    case "decimal": {
      const zero = String.fromCodePoint(format.zeroCode);
      const nine = String.fromCodePoint(format.zeroCode + 9);
      const count = digitsRead === null || field === "f" ? "+" : `{${digitsRead}}`;
      return `[${zero}-${nine}]${count}${format.isOrdinal ? "(?:th|st|nd|rd)" : ""}`;
    }
  }
}

function readPart(part: DatePart, text: string, components: Components): void {
  switch (part.kind) {
    case "literal":
    case "iso":
      return;
    case "number":
      components.set(part.field, readNumber(part, text));
      return;
    case "name": {
      const names = part.field === "F" ? DAY_NAMES : MONTH_NAMES;
      components.set(part.field, readName(text, names, part.lengthMax));
      return;
    }
    case "half-day":
      components.set("P", text.toLowerCase() === "pm" ? 1 : 0);
      return;
    case "zone":
      components.set("Z", readOffset(text.replace(/^GMT/i, "")));
  }
}

function readNumber({ field, format }: NumberPart, text: string): number {
  // The digits of a fraction stand behind the point, however many there are.
  return field === "f" ? Math.floor(Number(`0.${text}`) * 1000) : parseInteger(text, format);
}

function readName(text: string, names: readonly string[], lengthMax: number | null): number {
  const index = names.findIndex((name) => name.slice(0, lengthMax ?? undefined).toLowerCase() === text.toLowerCase());
  if (index === -1) {
    throw new FormatFault("D3110", `"${text.slice(0, SHOWN_LENGTH_MAX)}" is no name of a day or month in English`);
  }
  return index + 1;
}

function readOffset(text: string): number {
  const digits = text.replaceAll(/\D/g, "");
  if (digits === "") {
    return 0;
  }
  const hasMinutes = digits.length > 2;
  const hours = Number(hasMinutes ? digits.slice(0, -2) : digits);
  const minutes = hasMinutes ? Number(digits.slice(-2)) : 0;
  return (text.startsWith("-") ? -1 : 1) * (hours * 60 + minutes);
}

function instantOf(components: Components, now: Date, text: string): number {
  if (["X", "x", "W", "w"].some((field) => isDateField(field) && components.has(field))) {
    throw new FormatFault("D3136", "weeks cannot be read: give year, month and day, or year and day of the year");
  }
  const isDayOfYear = components.has("d") && !components.has("D");
  const isHalfDay = components.has("h") && !components.has("H");
  const order = [...(isDayOfYear ? DATE_BY_DAY : DATE_BY_MONTH), ...(isHalfDay ? CLOCK_12 : CLOCK_24)];
  const complete = fillGaps(order, components, now);
  checkRanges(complete, text);
  const get = (field: DateField | "P"): number => complete.get(field) ?? 0;
  const dayMs = isDayOfYear ? utc(get("Y"), 0, get("d")) : dayOf(complete, text);
  const hour = isHalfDay ? (get("h") % 12) + get("P") * 12 : get("H");
  const timeMs = hour * HOUR_MS + get("m") * MINUTE_MS + get("s") * 1000 + get("f");
  return dayMs + timeMs - (components.get("Z") ?? 0) * MINUTE_MS;
}

/** What is more significant than the components given is that of now; what is less is its lowest value. */
function fillGaps(order: readonly (DateField | "P")[], components: Components, now: Date): Components {
  const first = order.findIndex((field) => components.has(field));
  const last = order.findLastIndex((field) => components.has(field));
  const filled: Components = new Map();
  for (const [index, field] of order.entries()) {
    const given = components.get(field);
    if (given === undefined && index > first && index < last) {
      throw new FormatFault("D3136", `the component "${field}" is missing between those that the picture names`);
    }
    const ofNow = field === "P" ? Number(now.getUTCHours() >= 12) : readField(now, field);
    filled.set(field, given ?? (index < first ? ofNow : (LOWEST.get(field) ?? 0)));
  }
  return filled;
}

function checkRanges(components: Components, text: string): void {
  for (const [field, value] of components) {
    if (value < (LOWEST.get(field) ?? 0) || value > (HIGHEST.get(field) ?? Infinity)) {
      throw noSuchDate(text);
    }
  }
}

function dayOf(components: Components, text: string): number {
  const [year, month, day] = [components.get("Y") ?? 0, components.get("M") ?? 1, components.get("D") ?? 1];
  const atMs = utc(year, month - 1, day);
  if (new Date(atMs).getUTCDate() !== day) {
    throw noSuchDate(text);
  }
  return atMs;
}

function noSuchDate(text: string): FormatFault {
  return new FormatFault("D3110", `"${text.slice(0, SHOWN_LENGTH_MAX)}" is a date or time that does not exist`);
}
