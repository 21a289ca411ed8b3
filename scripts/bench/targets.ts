import type { BenchReport, Measured } from "./bench-report.ts";

/** A promise about speed, and what was measured. */
export interface TargetRow {
  readonly name: string;
  readonly unit: "steps/s" | "ms" | "% slower";
  readonly isMoreBetter: boolean;
  readonly target: number;
  readonly measured: number;
}

const SLOWDOWN_PERCENT_MAX = 20;

/**
 * Compares a report with what the project promises.
 *
 * @param report - What was measured.
 * @returns One row per promise, on near-empty tables, and one for what full tables change; none for what was left out.
 */
export function compareWithTargets(report: BenchReport): readonly TargetRow[] {
  const result = (name: string): Measured["result"] | undefined =>
    report.measured.find((entry) => entry.name === name)?.result;
  const rows = [
    { name: "3 transform steps", unit: "steps/s", target: 1_500, measured: result("transform")?.stepsPerSecond },
    { name: "3 http steps", unit: "steps/s", target: 700, measured: result("http")?.stepsPerSecond },
    { name: "single run, p50 of the answer", unit: "ms", target: 20, measured: result("single")?.answerMs.p50 },
    { name: "fan-out of 100, p50 of the run", unit: "ms", target: 60, measured: result("fan-out")?.runMs.p50 },
    { name: "reads, worst p95 of an answer", unit: "ms", target: 50, measured: worstRead(report) },
    {
      name: "full tables, worst change",
      unit: "% slower",
      target: SLOWDOWN_PERCENT_MAX,
      measured: worstSlowdown(report),
    },
  ] as const;
  return rows.flatMap(({ measured, ...row }) =>
    measured === undefined ? [] : [{ ...row, measured, isMoreBetter: row.unit === "steps/s" }],
  );
}

/**
 * Says whether a promise is kept.
 *
 * @param row - The promise and what was measured.
 * @returns True when it is.
 */
export function isMet({ isMoreBetter, target, measured }: TargetRow): boolean {
  return isMoreBetter ? measured >= target : measured <= target;
}

/**
 * Gives how much slower a scenario is on full tables: by the throughput of bursts, by the median answer of sequences.
 *
 * @param empty - Measured on near-empty tables.
 * @param full - Measured on full ones.
 * @returns Percent; negative when it is faster.
 */
export function slowdownPercent(empty: Measured, full: Measured): number {
  const ratio =
    empty.kind === "burst"
      ? empty.result.runsPerSecond / full.result.runsPerSecond
      : full.result.answerMs.p50 / empty.result.answerMs.p50;
  return (ratio - 1) * 100;
}

function worstRead({ reads }: BenchReport): number | undefined {
  return reads.length === 0 ? undefined : Math.max(...reads.map(({ answerMs }) => answerMs.p95));
}

function worstSlowdown({ measured, measuredFull }: BenchReport): number | undefined {
  const slowdowns = measuredFull.flatMap((full) => {
    const empty = measured.find(({ name }) => name === full.name);
    return empty === undefined ? [] : [slowdownPercent(empty, full)];
  });
  return slowdowns.length === 0 ? undefined : Math.max(...slowdowns);
}
