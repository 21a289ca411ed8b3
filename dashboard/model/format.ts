const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const KIB = 1024;

/**
 * Writes a duration for people, in its two largest units.
 *
 * @param ms - The duration; less than 0 counts as 0.
 * @returns Text such as `840 ms`, `1.5 s`, `2 m 05 s`, `3 h 10 m` or `2 d 4 h`.
 */
export function formatDuration(ms: number): string {
  const safeMs = Math.max(0, ms);
  if (safeMs < SECOND_MS) return `${Math.round(safeMs)} ms`;
  if (safeMs < 10 * SECOND_MS) return `${(Math.floor(safeMs / 100) / 10).toFixed(1)} s`;
  if (safeMs < MINUTE_MS) return `${Math.floor(safeMs / SECOND_MS)} s`;
  if (safeMs < HOUR_MS) return pair(safeMs, [MINUTE_MS, "m"], [SECOND_MS, "s"]);
  if (safeMs < DAY_MS) return pair(safeMs, [HOUR_MS, "h"], [MINUTE_MS, "m"]);
  return `${Math.floor(safeMs / DAY_MS)} d ${Math.floor((safeMs % DAY_MS) / HOUR_MS)} h`;
}

/**
 * Says how long ago an instant was.
 *
 * @param at - The instant, ISO 8601.
 * @param nowMs - The present, in ms since 1970.
 * @returns Text such as `now`, `12 s ago` or `3 d ago`. Instants in the future, by a clock that is off, are `now`.
 */
export function formatAgo(at: string, nowMs: number): string {
  const ms = nowMs - Date.parse(at);
  if (ms < 2 * SECOND_MS) return "now";
  if (ms < MINUTE_MS) return `${Math.floor(ms / SECOND_MS)} s ago`;
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min ago`;
  if (ms < DAY_MS) return `${Math.floor(ms / HOUR_MS)} h ago`;
  return `${Math.floor(ms / DAY_MS)} d ago`;
}

/**
 * Writes the time of day of an instant, for logs.
 *
 * @param at - The instant, ISO 8601.
 * @returns `hh:mm:ss.mmm` in UTC.
 */
export function formatClock(at: string): string {
  return new Date(at).toISOString().slice(11, 23);
}

/**
 * Writes an instant in full.
 *
 * @param at - The instant, ISO 8601.
 * @returns `yyyy-mm-dd hh:mm:ss.mmm UTC`.
 */
export function formatInstant(at: string): string {
  return `${new Date(at).toISOString().replace("T", " ").replace("Z", "")} UTC`;
}

/**
 * Writes a size for people.
 *
 * @param bytes - The size, or null when there is none.
 * @returns Text such as `512 B`, `1.4 KiB` or `3.0 MiB`; a dash for null.
 */
export function formatBytes(bytes: number | null): string {
  if (bytes === null) return "–";
  if (bytes < KIB) return `${bytes} B`;
  if (bytes < KIB * KIB) return `${(bytes / KIB).toFixed(1)} KiB`;
  return `${(bytes / KIB / KIB).toFixed(1)} MiB`;
}

/**
 * Shortens an id in its middle; its end tells ids of the same minute apart.
 *
 * @param id - A UUID.
 * @returns Its beginning and its end.
 */
export function shortenId(id: string): string {
  return id.length <= 14 ? id : `${id.slice(0, 8)}…${id.slice(-4)}`;
}

function pair(ms: number, [large, largeUnit]: [number, string], [small, smallUnit]: [number, string]): string {
  const rest = String(Math.floor((ms % large) / small)).padStart(2, "0");
  return `${Math.floor(ms / large)} ${largeUnit} ${rest} ${smallUnit}`;
}
