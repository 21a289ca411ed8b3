import { isInstant, readField } from "./date-fields.ts";
import { DAY_NAMES, MONTH_NAMES } from "./date-names.ts";
import { parseDatePicture } from "./date-picture.ts";
import type { DatePart, NumberPart } from "./date-picture.ts";
import { FormatFault } from "./format-fault.ts";
import { formatInteger, withCase } from "./format-integer.ts";
import type { TimeZone } from "./time-zone.ts";

type ZonePart = Extract<DatePart, { kind: "zone" }>;
type NamePart = Extract<DatePart, { kind: "name" }>;

const ISO_8601 = parseDatePicture("[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01].[f001][Z01:01t]");
const MINUTE_MS = 60_000;

/**
 * Writes an instant.
 *
 * @param epochMs - The instant.
 * @param picture - How; null for ISO 8601 with milliseconds.
 * @param zone - Whose local time.
 * @returns The text.
 * @throws FormatFault when the picture or the instant is none.
 */
export function formatDate(epochMs: number, picture: string | null, zone: TimeZone): string {
  if (!isInstant(epochMs)) {
    throw new FormatFault("D3204", `${epochMs} is no instant: give milliseconds since 1970`);
  }
  const parts = picture === null ? ISO_8601 : parseDatePicture(picture);
  const offset = zone(epochMs);
  const local = new Date(epochMs + offset * MINUTE_MS);
  return parts.map((part) => formatPart(part, local, offset)).join("");
}

function formatPart(part: DatePart, local: Date, offset: number): string {
  switch (part.kind) {
    case "literal":
      return part.text;
    case "number":
      return formatNumberPart(part, local);
    case "name":
      return formatName(part, local);
    case "half-day":
      return withCase(local.getUTCHours() >= 12 ? "pm" : "am", part.letterCase);
    case "iso":
      return "ISO";
    case "zone":
      return formatOffset(part, offset);
  }
}

function formatNumberPart({ field, format, yearDigits }: NumberPart, local: Date): string {
  const value = readField(local, field);
  return formatInteger(yearDigits === null ? value : value % 10 ** yearDigits, format);
}

function formatName({ field, letterCase, lengthMax }: NamePart, local: Date): string {
  const names = field === "F" ? DAY_NAMES : MONTH_NAMES;
  const name = withCase(names[readField(local, field) - 1] ?? "", letterCase);
  return lengthMax === null ? name : name.slice(0, lengthMax);
}

function formatOffset({ format, isPrefixed, isZuluForm }: ZonePart, offset: number): string {
  if (offset === 0 && isZuluForm) {
    return "Z";
  }
  const hours = Math.floor(Math.abs(offset) / 60);
  const minutes = Math.abs(offset) % 60;
  const isHoursOnly = format.groupSize === 0 && format.mandatoryDigits <= 2;
  const shortMinutes = minutes === 0 ? "" : `:${String(minutes).padStart(2, "0")}`;
  const text = isHoursOnly ? formatInteger(hours, format) + shortMinutes : formatInteger(hours * 100 + minutes, format);
  return `${isPrefixed ? "GMT" : ""}${offset < 0 ? "-" : "+"}${text}`;
}
