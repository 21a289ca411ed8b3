import { describe, expect, it } from "vitest";
import { growthPerThousandRuns, judgeSoak, renderSoak } from "../../../scripts/bench/soak.ts";
import type { SoakWindow } from "../../../scripts/bench/soak.ts";

const ANSWER_MS = { p50: 2, p95: 5, p99: 9, max: 20 };

/** Half a minute each, with 2,500 runs. */
function windowsOf(leastMib: readonly number[]): readonly SoakWindow[] {
  return leastMib.map((mib) => ({ runCount: 2_500, answerMs: ANSWER_MS, leastMib: mib, mostMib: mib + 20 }));
}

describe("the growth of memory in a soak", () => {
  it("is that of the runs, not that of warming up", () => {
    expect(growthPerThousandRuns(windowsOf([100, 200, 300, 300, 300]))).toBe(0);
    expect(growthPerThousandRuns(windowsOf([100, 200, 300, 325, 350]))).toBeCloseTo(10);
  });

  it("is not hidden by a collection on the way", () => {
    expect(growthPerThousandRuns(windowsOf([100, 200, 300, 290, 350, 375]))).toBeGreaterThan(8);
  });

  it("is judged, as is the most that was seen", () => {
    expect(judgeSoak(windowsOf([100, 200, 240, 240, 240, 241]))).toEqual([]);
    expect(judgeSoak(windowsOf([100, 200, 200, 210, 220, 230]))).toEqual([
      "it grew by 4.00 MiB per 1,000 runs, the bound is 2.5",
    ]);
    expect(judgeSoak(windowsOf([100, 310, 240, 240, 240, 241]))).toEqual(["it reached 330 MiB, the bound is 320"]);
  });

  it("is told below the windows", () => {
    expect(renderSoak(windowsOf([100, 200, 300, 325, 350]))).toEqual([
      "window   runs  start p50  p99 ms  least MiB  most",
      "1       2,500       2.00    9.00        100   120",
      "2       2,500       2.00    9.00        200   220",
      "3       2,500       2.00    9.00        300   320",
      "4       2,500       2.00    9.00        325   345",
      "5       2,500       2.00    9.00        350   370",
      "after the first minute: 10.0 MiB per 1,000 runs",
    ]);
  });
});
