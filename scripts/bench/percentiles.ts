/** How long something took, in ms, over many times it was done. */
export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/**
 * Sums up durations by the nearest-rank method: each number given is one that was measured.
 *
 * @param durationsMs - In any order; at least one.
 * @returns The durations that 50, 95, 99 and 100 % of them do not exceed.
 */
export function percentilesOf(durationsMs: readonly number[]): Percentiles {
  const sorted = durationsMs.toSorted((a, b) => a - b);
  return { p50: rank(sorted, 0.5), p95: rank(sorted, 0.95), p99: rank(sorted, 0.99), max: rank(sorted, 1) };
}

function rank(sorted: readonly number[], share: number): number {
  const value = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
  if (value === undefined) throw new Error("There are no percentiles of no durations.");
  return value;
}
