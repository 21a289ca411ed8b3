import { describe, expect, it } from "vitest";
import { percentilesOf } from "../../../scripts/bench/percentiles.ts";

describe("percentiles", () => {
  it("are durations that were measured, whatever their order", () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(percentilesOf(hundred)).toEqual({ p50: 50, p95: 95, p99: 99, max: 100 });
  });

  it("of one duration are that duration", () => {
    expect(percentilesOf([7])).toEqual({ p50: 7, p95: 7, p99: 7, max: 7 });
  });

  it("of nothing are an error, not a zero that looks fast", () => {
    expect(() => percentilesOf([])).toThrow("no durations");
  });
});
