import { describe, expect, it } from "vitest";
import {
  formatAgo,
  formatBytes,
  formatClock,
  formatDuration,
  formatInstant,
  shortenId,
} from "../../../dashboard/model/format.ts";

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;

describe("what people read", () => {
  it.each([
    [-5, "0 ms"],
    [840, "840 ms"],
    [1_590, "1.5 s"],
    [59_900, "59 s"],
    [125_000, "2 m 05 s"],
    [3 * HOUR_MS + 600_000, "3 h 10 m"],
    [52 * HOUR_MS, "2 d 4 h"],
  ])("a duration of %i ms is %s", (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it.each([
    [-60 * SECOND_MS, "now"],
    [1_900, "now"],
    [12 * SECOND_MS, "12 s ago"],
    [90 * SECOND_MS, "1 min ago"],
    [5 * HOUR_MS, "5 h ago"],
    [80 * HOUR_MS, "3 d ago"],
  ])("%i ms before now is %s: a clock that is off never shows the future", (ms, text) => {
    const nowMs = Date.parse("2026-07-01T12:00:00Z");
    expect(formatAgo(new Date(nowMs - ms).toISOString(), nowMs)).toBe(text);
  });

  it("instants are UTC with milliseconds", () => {
    expect(formatClock("2026-07-01T12:00:00.007Z")).toBe("12:00:00.007");
    expect(formatInstant("2026-07-01T12:00:00.007Z")).toBe("2026-07-01 12:00:00.007 UTC");
  });

  it("sizes have binary units, and none is a dash", () => {
    expect([null, 0, 512, 1_434, 3 * 1024 * 1024].map(formatBytes)).toEqual([
      "–",
      "0 B",
      "512 B",
      "1.4 KiB",
      "3.0 MiB",
    ]);
  });

  it("a shortened id keeps the end, which differs between runs of the same moment", () => {
    expect(shortenId("01a205a5-c080-7000-97fa-95890b37bc85")).toBe("01a205a5…bc85");
    expect(shortenId("short")).toBe("short");
  });
});
