/** From large to small, the order in which they are written. */
const UNITS_MS: ReadonlyMap<string, number> = new Map([
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
  ["ms", 1],
]);

/** What a duration looks like: units from large to small, each at most once. Also published in the JSON Schema. */
export const DURATION_PATTERN = "^(?=.)(\\d+d)?(\\d+h)?(\\d+m(?!s))?(\\d+s)?(\\d+ms)?$";

const DURATION = new RegExp(DURATION_PATTERN);
const PART = /(\d+)(ms|[dhms])/g;

/** Longer texts are no durations; the bound keeps every number below 2^53. */
const DURATION_LENGTH_MAX = 32;

/**
 * Reads a duration such as `500ms`, `10s`, `5m`, `24h`, `7d` or `1h30m`.
 *
 * @param text - As written in a recipe.
 * @returns Milliseconds, or null when the text is no duration.
 */
export function parseDuration(text: string): number | null {
  if (text.length > DURATION_LENGTH_MAX || !DURATION.test(text)) {
    return null;
  }
  let totalMs = 0;
  for (const [, count, unit = ""] of text.matchAll(PART)) {
    totalMs += Number(count) * (UNITS_MS.get(unit) ?? Number.NaN);
  }
  return Number.isSafeInteger(totalMs) ? totalMs : null;
}

/**
 * Writes a duration in the form that recipes use.
 *
 * @param durationMs - Whole milliseconds, zero or more.
 * @returns The shortest text that `parseDuration` reads back as the same number, such as `1h30m`.
 */
export function formatDuration(durationMs: number): string {
  let restMs = durationMs;
  let text = "";
  for (const [unit, size] of UNITS_MS) {
    const count = Math.floor(restMs / size);
    if (count > 0) {
      text += `${count}${unit}`;
      restMs -= count * size;
    }
  }
  return text === "" ? "0s" : text;
}

/**
 * Says what is wrong with something that should be a duration.
 *
 * @param value - As written.
 * @returns A hint that names the fix.
 */
export function explainDuration(value: unknown): string {
  if (typeof value === "number") {
    return `write the unit: \`${value}s\` or \`${value}ms\``;
  }
  return "write a number and a unit (ms, s, m, h, d), such as `500ms`, `10s`, `5m` or `1h30m`";
}
