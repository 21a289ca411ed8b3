import { describe, expect, it } from "vitest";
import { readRetryAfterMs } from "../../../src/steps/retry-after.ts";
import { NOW } from "./local-server.ts";

const DAY_MS = 86_400_000;

describe("readRetryAfterMs", () => {
  it.each([
    ["0", 0],
    ["7", 7_000],
    [" 120 ", 120_000],
    ["86400", DAY_MS],
    ["999999999", DAY_MS],
    ["Sun, 01 Mar 2026 12:00:30 GMT", 30_000],
    ["Sunday, 01-Mar-26 12:01:00 GMT", 60_000],
    ["Sun, 01 Mar 2026 11:00:00 GMT", 0],
    ["Fri, 01 Jan 2100 00:00:00 GMT", DAY_MS],
  ])("reads %j as %i ms, from 0 to a day", (header, expected) => {
    expect(readRetryAfterMs(header, NOW)).toBe(expected);
  });

  it.each([undefined, "", "soon", "-5", "1.5", "1e3", "12.5", "2026-03-01", "Sun, nonsense GMT"])(
    "takes %j for no wait at all",
    (header) => {
      expect(readRetryAfterMs(header, NOW)).toBeNull();
    },
  );
});
