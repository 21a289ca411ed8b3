import { FormatFault } from "./format-fault.ts";

/** Minutes that local time is ahead of UTC, at an instant in epoch ms. */
export type TimeZone = (atMs: number) => number;

const OFFSET = /^([+-]?)(\d{1,2}):?(\d{2})$|^([+-])(\d{1,2})$/;
const UTC_NAMES = new Set(["Z", "UTC", "GMT"]);
const HOURS_MAX = 14;
const SHOWN_LENGTH_MAX = 60;
const MINUTE_MS = 60_000;

/** Names of zones in one isolate; there are some six hundred, and few are in use. */
const KNOWN_ZONES_MAX = 100;
const known = new Map<string, TimeZone>();

/**
 * Finds a time zone.
 *
 * @param text - An offset (`+05:30`, `+0530`, `-08`), `Z`, `UTC`, or a name of the IANA database (`Europe/Berlin`).
 * @returns The zone.
 * @throws FormatFault `D3202` when there is no such zone.
 */
export function findTimeZone(text: string): TimeZone {
  if (UTC_NAMES.has(text.toUpperCase())) {
    return () => 0;
  }
  const offset = readOffset(text);
  if (offset !== null) {
    return () => offset;
  }
  const zone = known.get(text) ?? openNamedZone(text);
  if (known.size >= KNOWN_ZONES_MAX) {
    known.clear();
  }
  known.set(text, zone);
  return zone;
}

function readOffset(text: string): number | null {
  const match = OFFSET.exec(text);
  if (match === null) {
    return null;
  }
  const hours = Number(match[2] ?? match[5]);
  const minutes = Number(match[3] ?? 0);
  if (hours > HOURS_MAX || minutes > 59) {
    throw unknownZone(text);
  }
  const total = hours * 60 + minutes;
  return (match[1] ?? match[4]) === "-" ? -total : total;
}

function openNamedZone(name: string): TimeZone {
  const format = openFormat(name);
  return (atMs) => {
    const fields = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]));
    const [year, month, day] = [fields.get("year"), fields.get("month"), fields.get("day")];
    const [hour, minute, second] = [fields.get("hour"), fields.get("minute"), fields.get("second")];
    const localMs = Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second);
    return Math.round((localMs - Math.floor(atMs / 1000) * 1000) / MINUTE_MS);
  };
}

function openFormat(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat("en-US", {
      timeZone,
      calendar: "iso8601",
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch {
    throw unknownZone(timeZone);
  }
}

function unknownZone(text: string): FormatFault {
  const shown = text.slice(0, SHOWN_LENGTH_MAX);
  return new FormatFault(
    "D3202",
    `"${shown}" is no time zone: write an offset such as "+05:30", "UTC", or a name such as "Europe/Berlin"`,
  );
}
