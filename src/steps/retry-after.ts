import { RETRY_AFTER_MS_MAX } from "./limits.ts";

const SECONDS = /^\d{1,15}$/;

// Date.parse alone would also read "12.5" as a date.
const HTTP_DATE = /^[A-Z][a-z]+, [^,]{1,40} GMT$/;

/**
 * Reads a `Retry-After` header.
 *
 * @param header - Its value: seconds or an HTTP date; undefined when the response has none.
 * @param now - The instant the response came, from which a date counts.
 * @returns The wait in ms, from 0 to one day, or null when the header is absent or unreadable.
 */
export function readRetryAfterMs(header: string | undefined, now: Date): number | null {
  const text = header?.trim() ?? "";
  if (SECONDS.test(text)) {
    return Math.min(Number(text) * 1_000, RETRY_AFTER_MS_MAX);
  }
  const at = HTTP_DATE.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? null : Math.min(Math.max(at - now.getTime(), 0), RETRY_AFTER_MS_MAX);
}
