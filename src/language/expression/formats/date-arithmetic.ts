import { isInstant, utc } from "./date-fields.ts";
import { FormatFault } from "./format-fault.ts";
import type { TimeZone } from "./time-zone.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Units of a fixed length, in ms. */
const FIXED = new Map([
  ["millisecond", 1],
  ["second", 1000],
  ["minute", MINUTE_MS],
  ["hour", 60 * MINUTE_MS],
]);

/** Units of the calendar: how many months or days each has. */
const CALENDAR = new Map([
  ["day", { months: 0, days: 1 }],
  ["week", { months: 0, days: 7 }],
  ["month", { months: 1, days: 0 }],
  ["quarter", { months: 3, days: 0 }],
  ["year", { months: 12, days: 0 }],
]);

/**
 * Moves an instant by an amount of time. Days and longer units are those of the calendar: they keep the time of day
 * when clocks change, and a month later than 31 January is the last day of February.
 *
 * @param epochMs - The instant.
 * @param amount - How many; a whole number, negative to go back.
 * @param unit - `millisecond`, `second`, `minute`, `hour`, `day`, `week`, `month`, `quarter` or `year`, or its plural.
 * @param zone - Whose calendar.
 * @returns Epoch ms.
 * @throws FormatFault `D3211` for another unit, a fraction, or a result that no date can hold.
 */
export function addToDate(epochMs: number, amount: number, unit: string, zone: TimeZone): number {
  const name = unit.replace(/s$/, "");
  const fixed = FIXED.get(name);
  const calendar = CALENDAR.get(name);
  const isWhole = Number.isSafeInteger(amount) && Number.isFinite(epochMs);
  if (!isWhole || (fixed === undefined && calendar === undefined)) {
    throw wrongUnit(unit);
  }
  const moved =
    fixed === undefined
      ? addCalendar(epochMs, amount, calendar ?? { months: 0, days: 0 }, zone)
      : epochMs + amount * fixed;
  if (!isInstant(moved)) {
    throw new FormatFault("D3211", "the result lies beyond what a date can hold");
  }
  return moved;
}

/**
 * Counts the whole units of time from one instant to another.
 *
 * @param fromMs - The first instant.
 * @param toMs - The second.
 * @param unit - As for `addToDate`.
 * @param zone - Whose calendar.
 * @returns The count, toward zero; negative when the second comes first.
 * @throws FormatFault `D3211` for another unit.
 */
export function countBetween(fromMs: number, toMs: number, unit: string, zone: TimeZone): number {
  const name = unit.replace(/s$/, "");
  const fixed = FIXED.get(name);
  if (fixed !== undefined) {
    return Math.trunc((toMs - fromMs) / fixed) + 0;
  }
  const calendar = CALENDAR.get(name);
  if (calendar === undefined) {
    throw wrongUnit(unit);
  }
  // The average length of the unit gives a guess that is off by one or two at most.
  const averageMs = (calendar.months * 30.436875 + calendar.days) * DAY_MS;
  const guess = Math.trunc((toMs - fromMs) / averageMs);
  const direction = toMs >= fromMs ? 1 : -1;
  const isPast = (count: number): boolean => (addCalendar(fromMs, count, calendar, zone) - toMs) * direction > 0;
  let count = guess + 2 * direction;
  while (count !== 0 && isPast(count)) {
    count -= direction;
  }
  return count;
}

interface CalendarUnit {
  readonly months: number;
  readonly days: number;
}

function addCalendar(epochMs: number, amount: number, unit: CalendarUnit, zone: TimeZone): number {
  const local = new Date(epochMs + zone(epochMs) * MINUTE_MS);
  const dayMs = utc(local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate());
  const timeMs = local.getTime() - dayMs;
  const month = local.getUTCMonth() + amount * unit.months;
  const lastDay = new Date(utc(local.getUTCFullYear(), month + 1, 0)).getUTCDate();
  const day = Math.min(local.getUTCDate(), lastDay) + amount * unit.days;
  return instantOfLocal(utc(local.getUTCFullYear(), month, day) + timeMs, zone);
}

/** Of a local time that comes twice, the first; of one that is skipped, as much later as was skipped. */
function instantOfLocal(localMs: number, zone: TimeZone): number {
  const before = localMs - zone(localMs - DAY_MS) * MINUTE_MS;
  const after = localMs - zone(localMs + DAY_MS) * MINUTE_MS;
  const isBefore = before + zone(before) * MINUTE_MS === localMs;
  const isAfter = after + zone(after) * MINUTE_MS === localMs;
  return isBefore || !isAfter ? before : after;
}

function wrongUnit(unit: string): FormatFault {
  const units = [...FIXED.keys(), ...CALENDAR.keys()].join(", ");
  return new FormatFault("D3211", `"${unit.slice(0, 60)}" is no unit: give a whole number of one of ${units}`);
}
