import type { JSX } from "preact";
import { formatAgo, formatDuration, formatInstant } from "../model/format.ts";
import { nowMs } from "../state/now.ts";

/**
 * Says how long ago something was; the exact instant is its tooltip.
 *
 * @param props - The instant, ISO 8601; null for what has not happened.
 * @returns The time, or a dash.
 */
export function TimeAgo({ at }: { readonly at: string | null }): JSX.Element {
  if (at === null) return <span>–</span>;
  return (
    <time dateTime={at} title={formatInstant(at)}>
      {formatAgo(at, nowMs.value)}
    </time>
  );
}

/**
 * Shows how long something took, or has been taking so far.
 *
 * @param props - When it started and ended, ISO 8601; null for what has not happened.
 * @returns The duration, or a dash before the start.
 */
export function Elapsed({
  startedAt,
  endedAt,
}: {
  readonly startedAt: string | null;
  readonly endedAt: string | null;
}): JSX.Element {
  if (startedAt === null) return <span>–</span>;
  const endMs = endedAt === null ? nowMs.value : Date.parse(endedAt);
  return <span class="number">{formatDuration(endMs - Date.parse(startedAt))}</span>;
}

/**
 * Counts down to an instant.
 *
 * @param props - The instant, ISO 8601.
 * @returns The time left; `now` once it has come.
 */
export function Countdown({ at }: { readonly at: string }): JSX.Element {
  const leftMs = Date.parse(at) - nowMs.value;
  return <span class="number">{leftMs <= 0 ? "now" : `in ${formatDuration(leftMs)}`}</span>;
}
