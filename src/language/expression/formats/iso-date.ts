import { utc } from "./date-fields.ts";
import { FormatFault } from "./format-fault.ts";

const ISO_8601 =
  /^(?<year>\d{4})(?:-(?<month>\d\d)(?:-(?<day>\d\d))?)?(?:T(?<time>\d\d:\d\d(?::\d\d(?:\.\d+)?)?))?(?<zone>Z|[+-]\d\d:?\d\d)?$/;
const TIME = /^(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?$/;
const SHOWN_LENGTH_MAX = 60;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const OFFSET_MINUTES_MAX = 24 * 60;

/**
 * Reads an instant in ISO 8601. A date without a time is its midnight; a time without an offset is UTC.
 *
 * @param text - Such as `2024-02-29T10:00:00Z`; month, day, seconds, fraction and offset may be missing.
 * @returns Epoch ms; digits beyond the millisecond are dropped.
 * @throws FormatFault `D3110` when the text is not of that form, or names a date or time that does not exist.
 */
export function parseIsoDate(text: string): number {
  const groups = ISO_8601.exec(text)?.groups;
  if (groups === undefined) {
    throw new FormatFault("D3110", `"${text.slice(0, SHOWN_LENGTH_MAX)}" is no instant in ISO 8601: give a picture`);
  }
  const dayMs = readDay(Number(groups["year"]), Number(groups["month"] ?? 1), Number(groups["day"] ?? 1));
  const timeMs = readTime(groups["time"] ?? "00:00");
  const offset = readOffset(groups["zone"] ?? "Z");
  if (dayMs === null || timeMs === null || offset === null) {
    throw new FormatFault("D3110", `"${text.slice(0, SHOWN_LENGTH_MAX)}" is a date or time that does not exist`);
  }
  return dayMs + timeMs - offset * MINUTE_MS;
}

function readDay(year: number, month: number, day: number): number | null {
  const atMs = utc(year, month - 1, day);
  const date = new Date(atMs);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? atMs : null;
}

function readTime(text: string): number | null {
  const [, hour, minute, second = 0, fraction = ""] = TIME.exec(text) ?? [];
  const millisecond = Number(fraction.slice(0, 3).padEnd(3, "0"));
  const timeMs = ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000 + millisecond;
  // 24:00 is the midnight that ends the day.
  return Number(minute) < 60 && Number(second) < 60 && timeMs <= DAY_MS ? timeMs : null;
}

function readOffset(text: string): number | null {
  if (text === "Z") {
    return 0;
  }
  const [hours, minutes] = [Number(text.slice(1, 3)), Number(text.slice(-2))];
  const total = hours * 60 + minutes;
  return minutes < 60 && total < OFFSET_MINUTES_MAX ? (text.startsWith("-") ? -total : total) : null;
}
