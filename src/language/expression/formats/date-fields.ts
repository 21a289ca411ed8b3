const DAY_MS = 86_400_000;

/** The instants that a `Date` can hold lie this far from 1970. */
const EPOCH_MS_MAX = 8.64e15;

/**
 * Tells whether a number is an instant.
 *
 * @param epochMs - Milliseconds since 1970.
 * @returns False for NaN, infinities and what no date can hold.
 */
export function isInstant(epochMs: number): boolean {
  return Math.abs(epochMs) < EPOCH_MS_MAX;
}

/** How each component of a date and time is read, by its letter in a picture. The UTC fields hold local time. */
const READERS = {
  Y: (date: Date) => date.getUTCFullYear(),
  M: (date: Date) => date.getUTCMonth() + 1,
  D: (date: Date) => date.getUTCDate(),
  d: (date: Date) => (midnight(date) - utc(date.getUTCFullYear(), 0)) / DAY_MS + 1,
  F: isoWeekday,
  W: (date: Date) => weekOf(date, thursdayOf(date).getUTCFullYear(), 0),
  w: (date: Date) => weekOf(date, thursdayOf(date).getUTCFullYear(), thursdayOf(date).getUTCMonth()),
  X: (date: Date) => thursdayOf(date).getUTCFullYear(),
  x: (date: Date) => thursdayOf(date).getUTCMonth() + 1,
  H: (date: Date) => date.getUTCHours(),
  h: (date: Date) => ((date.getUTCHours() + 11) % 12) + 1,
  m: (date: Date) => date.getUTCMinutes(),
  s: (date: Date) => date.getUTCSeconds(),
  f: (date: Date) => date.getUTCMilliseconds(),
};

/** A component of a date and time, by its letter in a picture. */
export type DateField = keyof typeof READERS;

/**
 * Tells whether a letter names a component that is a number.
 *
 * @param letter - Of a picture.
 * @returns Whether it does.
 */
export function isDateField(letter: string): letter is DateField {
  return Object.hasOwn(READERS, letter);
}

/**
 * Reads a component of a date and time.
 *
 * @param date - Local time, held in the UTC fields.
 * @param field - Which component: `Y` year, `M` month from 1, `D` day of the month, `d` day of the year, `F` day of the
 *   week with Monday as 1, `W` and `X` week and its year as ISO 8601 counts, `w` and `x` week and its month counted the
 *   same way, `H` hour to 23, `h` hour to 12, `m` minute, `s` second, `f` millisecond.
 * @returns Its value.
 */
export function readField(date: Date, field: DateField): number {
  return READERS[field](date);
}

/**
 * Gives the instant of midnight.
 *
 * @param year - The year; those below 100 are themselves, not of the 20th century.
 * @param month - The month from 0; may lie outside of a year.
 * @param day - The day of the month; may lie outside of it.
 * @returns Epoch ms.
 */
export function utc(year: number, month: number, day = 1): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month, day);
  return date.getTime();
}

function midnight(date: Date): number {
  return utc(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate());
}

function isoWeekday(date: Date): number {
  return ((date.getUTCDay() + 6) % 7) + 1;
}

/** A week belongs to the year, and here also to the month, that its Thursday lies in. */
function thursdayOf(date: Date): Date {
  return new Date(midnight(date) + (4 - isoWeekday(date)) * DAY_MS);
}

/** The number of a week since the first Thursday of a month. */
function weekOf(date: Date, year: number, month: number): number {
  return Math.floor((thursdayOf(date).getTime() - utc(year, month)) / DAY_MS / 7) + 1;
}
