import { assert, constantFrom, integer, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { explainDuration, formatDuration, parseDuration } from "../../../src/language/durations.ts";

describe("durations", () => {
  it.each([
    ["500ms", 500],
    ["10s", 10_000],
    ["5m", 300_000],
    ["24h", 86_400_000],
    ["7d", 604_800_000],
    ["1h30m", 5_400_000],
    ["1m500ms", 60_500],
    ["0s", 0],
  ])("%s is read as %d ms", (text, expectedMs) => {
    expect(parseDuration(text)).toBe(expectedMs);
  });

  it.each([
    "",
    "5",
    "5x",
    "s",
    "5 s",
    "-1s",
    "1.5s",
    "30m1h",
    "1s1s",
    "5M",
    "1h ",
    "9".repeat(40) + "d",
    "99999999999999d",
  ])("%j is no duration, and never a silent default", (text) => {
    expect(parseDuration(text)).toBeNull();
  });

  it("every number of milliseconds survives being written and read back", () => {
    assert(
      property(integer({ min: 0, max: 10 * 365 * 86_400_000 }), (durationMs) => {
        expect(parseDuration(formatDuration(durationMs))).toBe(durationMs);
      }),
    );
  });

  it("no text makes reading it throw or take long", () => {
    assert(
      property(string({ unit: constantFrom("1", "9", "0", "d", "h", "m", "s", " ", "-") }), (text) => {
        const durationMs = parseDuration(text);
        expect(durationMs === null || Number.isSafeInteger(durationMs)).toBe(true);
      }),
    );
  });

  it("a bare number is answered with the unit to add", () => {
    expect(explainDuration(30)).toContain("`30s`");
  });
});
