import { describe, expect, it } from "vitest";
import { readRetryAfterMs } from "../../../../src/steps/http/retry-after.ts";
import { NOW } from "../local-server.ts";

const DAY_MS = 86_400_000;

describe("readRetryAfterMs", () => {
  it.each([
    ["0", 0],
    ["7", 7_000],
    [" 120 ", 120_000],
    ["86400", DAY_MS],
    ["172800", 2 * DAY_MS],
    ["864000", 7 * DAY_MS],
    ["99999999999999999999", 7 * DAY_MS],
    ["9".repeat(400), 7 * DAY_MS],
    ["120, 120", 120_000],
    ["60,120", 120_000],
    ["Sun, 01 Mar 2026 12:00:30 GMT", 30_000],
    ["Sun, 1 Mar 2026 12:00:30 UTC", 30_000],
    ["Sun, 01 Mar 2026 12:00:30 +0000", 30_000],
    ["Sunday, 01-Mar-26 12:01:00 GMT", 60_000],
    ["Sun Mar  1 12:02:00 2026", 120_000],
    ["Tue Mar 10 12:00:00 2026", 7 * DAY_MS],
    ["Sun, 01 Mar 2026 12:00:60 GMT", 59_000],
    ["Sun, 01 Mar 2026 11:00:00 GMT", 0],
    ["Sunday, 01-Mar-76 12:00:00 GMT", 7 * DAY_MS],
    ["Tuesday, 01-Mar-77 12:00:00 GMT", 0],
    ["Sunday, 06-Nov-94 08:49:37 GMT", 0],
    ["Fri, 01 Jan 2100 00:00:00 GMT", 7 * DAY_MS],
  ])("reads %j as %i ms, from 0 to the longest wait of a policy", (header, expected) => {
    expect(readRetryAfterMs(header, NOW)).toBe(expected);
  });

  it.each([
    undefined,
    "",
    "soon",
    "-5",
    "1.5",
    "1e3",
    "12.5",
    "1,",
    "2026-03-01",
    "Sun, nonsense GMT",
    "Sun, 01 Mrz 2026 12:00:30 GMT",
    "Sun, 32 Mar 2026 12:00:30 GMT",
    "Sun, 01 Mar 2026 25:00:30 GMT",
    "Sun Mar 1 12:02:00 2026 CET",
  ])("takes %j for no wait at all", (header) => {
    expect(readRetryAfterMs(header, NOW)).toBeNull();
  });
});
