import { describe, expect, it } from "vitest";
import type { Measured } from "../../../scripts/bench/bench-report.ts";
import { isMet, slowdownPercent } from "../../../scripts/bench/targets.ts";

function measured(kind: Measured["kind"], runsPerSecond: number, answerMs: number): Measured {
  const times = { p50: answerMs, p95: answerMs, p99: answerMs, max: answerMs };
  return {
    name: "some",
    title: "some runs",
    kind,
    result: {
      runCount: 1,
      stepCount: 1,
      attemptCount: 1,
      seconds: 1,
      runsPerSecond,
      stepsPerSecond: runsPerSecond,
      startsPerSecond: runsPerSecond,
      runMs: times,
      answerMs: times,
      cpuMs: null,
      peakMemoryMib: null,
    },
  };
}

describe("targets", () => {
  it("are met from their value on, in the direction that is better", () => {
    const row = { name: "some", unit: "ms", target: 20 } as const;
    expect(isMet({ ...row, isMoreBetter: false, measured: 20 })).toBe(true);
    expect(isMet({ ...row, isMoreBetter: false, measured: 20.1 })).toBe(false);
    expect(isMet({ ...row, isMoreBetter: true, measured: 20.1 })).toBe(true);
    expect(isMet({ ...row, isMoreBetter: true, measured: 19.9 })).toBe(false);
  });

  it("compare bursts by their throughput and sequences by their answers", () => {
    expect(slowdownPercent(measured("burst", 300, 1), measured("burst", 200, 1))).toBeCloseTo(50);
    expect(slowdownPercent(measured("sequence", 300, 10), measured("sequence", 1, 12))).toBeCloseTo(20);
    expect(slowdownPercent(measured("sequence", 1, 10), measured("sequence", 1, 8))).toBeCloseTo(-20);
  });
});
