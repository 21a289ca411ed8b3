import { RETRY_DELAY_MS_MAX } from "../../language/limits.ts";

/** Whole seconds; several where the header was sent twice. */
const SECONDS = /^\d+(?:\s*,\s*\d+)*$/;

/** The three forms of HTTP: `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT`, `Sun Nov  6 08:49:37 1994`. */
const DATES = [
  /^[A-Z][a-z]{2}, (?<day>\d{1,2}) (?<month>[A-Z][a-z]{2}) (?<year>\d{4}) (?<time>\d\d:\d\d:\d\d) (?:GMT|UTC|[+-]0000)$/,
  /^[A-Z][a-z]{5,8}, (?<day>\d\d)-(?<month>[A-Z][a-z]{2})-(?<year>\d\d) (?<time>\d\d:\d\d:\d\d) (?:GMT|UTC)$/,
  /^[A-Z][a-z]{2} (?<month>[A-Z][a-z]{2}) {1,2}(?<day>\d{1,2}) (?<time>\d\d:\d\d:\d\d) (?<year>\d{4})$/,
];

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** A year of two digits that seems further ahead is one of the past. */
const YEARS_AHEAD_MAX = 50;

/**
 * Reads a `Retry-After` header.
 *
 * @param header - Its value: seconds, or a date in any of the forms of HTTP; undefined when the response has none.
 * @param now - The instant the response came, from which a date counts.
 * @returns The wait in ms, from 0 to the longest `maxDelay` that a retry policy can have, which caps it further; or null
 *   when the header is absent or unreadable.
 */
export function readRetryAfterMs(header: string | undefined, now: Date): number | null {
  const text = header?.trim() ?? "";
  const waitMs = SECONDS.test(text)
    ? Math.max(...text.split(",").map((seconds) => Number(seconds) * 1_000))
    : readDateMs(text, now) - now.getTime();
  return Number.isNaN(waitMs) ? null : Math.min(Math.max(waitMs, 0), RETRY_DELAY_MS_MAX);
}

/** Epoch ms, NaN for what is no date. */
function readDateMs(text: string, now: Date): number {
  for (const form of DATES) {
    const { day = "", month = "", year = "", time = "" } = form.exec(text)?.groups ?? {};
    const monthNumber = MONTHS.indexOf(month) + 1;
    if (monthNumber > 0) {
      const iso = [completeYear(year, now), String(monthNumber).padStart(2, "0"), day.padStart(2, "0")].join("-");
      // A leap second is the end of its minute, and a day that its month does not have is no date.
      return Date.parse(`${iso}T${time.replace(/:60$/, ":59")}Z`);
    }
  }
  return Number.NaN;
}

function completeYear(year: string, now: Date): string {
  if (year.length === 4) {
    return year;
  }
  const thisYear = now.getUTCFullYear();
  const full = thisYear - (thisYear % 100) + Number(year);
  return String(full > thisYear + YEARS_AHEAD_MAX ? full - 100 : full);
}
