import { describe, expect, it } from "vitest";
import { growthPerThousandRuns, renderSoak } from "../../../scripts/bench/soak.ts";
import type { SoakWindow } from "../../../scripts/bench/soak.ts";

const ANSWER_MS = { p50: 2, p95: 5, p99: 9, max: 20 };

/** A minute each, with 5,000 runs. */
function windowsOf(memoryMib: readonly number[]): readonly SoakWindow[] {
  return memoryMib.map((mib) => ({ runCount: 5_000, answerMs: ANSWER_MS, memoryMib: mib }));
}

describe("the growth of memory in a soak", () => {
  it("is that of the runs, not that of warming up", () => {
    expect(growthPerThousandRuns(windowsOf([100, 300, 300, 300]))).toBe(0);
    expect(growthPerThousandRuns(windowsOf([100, 300, 325, 350]))).toBeCloseTo(5);
  });

  it("is not hidden by a collection on the way", () => {
    expect(growthPerThousandRuns(windowsOf([100, 300, 290, 350, 375]))).toBeGreaterThan(4);
  });

  it("is told below the minutes", () => {
    expect(renderSoak(windowsOf([100, 300, 325, 350]))).toEqual([
      "window   runs  start p50  p99 ms  workerd MiB",
      "1       5,000       2.00    9.00          100",
      "2       5,000       2.00    9.00          300",
      "3       5,000       2.00    9.00          325",
      "4       5,000       2.00    9.00          350",
      "after the first window: 5.00 MiB per 1,000 runs",
    ]);
  });
});
