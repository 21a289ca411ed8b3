import { describe, expect, it } from "vitest";
import type { RunView } from "../../../scripts/demo/api-client.ts";
import { describeEvent, drawRun } from "../../../scripts/demo/run-view.ts";
import { detectStyle, formatDuration, iconOf, paint, truncate } from "../../../scripts/demo/terminal.ts";
import type { TerminalStyle } from "../../../scripts/demo/terminal.ts";
import { createRunId } from "../../../src/domain/ids.ts";
import { stepKeyOf } from "../../support/ids.ts";

const TERMINAL = { isTTY: true, columns: 80 };
const UTF8 = { LANG: "en_US.UTF-8", TERM: "xterm" };
const ASCII: TerminalStyle = { live: false, color: false, unicode: false, columns: 80 };
const EVENT = {
  runId: createRunId(new Date(0), 0, new Uint8Array(8)),
  seq: 1,
  at: new Date("2026-07-01T21:04:36.319Z"),
  from: null,
  to: null,
  actor: "system",
  data: {},
  prevHash: "",
  hash: "",
};
const UNICODE: TerminalStyle = { ...ASCII, unicode: true };

describe("what the terminal can do", () => {
  it("is drawn over only when it is a terminal, no CI, not dumb and not asked for plain", () => {
    expect(detectStyle(TERMINAL, UTF8, false).live).toBe(true);
    expect(detectStyle({ isTTY: false }, UTF8, false).live).toBe(false);
    expect(detectStyle(TERMINAL, { ...UTF8, CI: "true" }, false).live).toBe(false);
    expect(detectStyle(TERMINAL, { ...UTF8, TERM: "dumb" }, false).live).toBe(false);
    expect(detectStyle(TERMINAL, UTF8, true).live).toBe(false);
  });

  it("has colours unless NO_COLOR is set; FORCE_COLOR has them in a pipe too", () => {
    expect(detectStyle(TERMINAL, UTF8, false).color).toBe(true);
    expect(detectStyle(TERMINAL, { ...UTF8, NO_COLOR: "1", FORCE_COLOR: "1" }, false).color).toBe(false);
    expect(detectStyle({}, UTF8, false).color).toBe(false);
    expect(detectStyle({}, { ...UTF8, FORCE_COLOR: "1" }, false).color).toBe(true);
    expect(detectStyle(TERMINAL, { ...UTF8, FORCE_COLOR: "0" }, false).color).toBe(false);
  });

  it("gets ASCII signs when its locale is not UTF-8, and is taken for 60 columns at least", () => {
    expect(detectStyle(TERMINAL, { LANG: "C" }, false).unicode).toBe(false);
    expect(detectStyle(TERMINAL, { LANG: "en_US.UTF-8", LC_ALL: "C" }, false).unicode).toBe(false);
    expect(detectStyle(TERMINAL, { LC_CTYPE: "C.utf8" }, false).unicode).toBe(true);
    expect(detectStyle({ isTTY: true, columns: 20 }, UTF8, false).columns).toBe(60);
  });

  it("prints escape codes only with colours", () => {
    expect(paint(ASCII, "good", "x")).toBe("x");
    expect(paint({ ...ASCII, color: true }, "good", "x")).toBe("\u001B[32mx\u001B[0m");
  });

  it("shows what was cut, and states without colour", () => {
    expect(truncate(UNICODE, "abcdef", 4)).toBe("abc…");
    expect(truncate(ASCII, "abcdef", 4)).toBe("abc~");
    expect(truncate(ASCII, "abcd", 4)).toBe("abcd");
    const states = ["COMPLETED", "FAILED", "RETRYING", "RUNNING", "PENDING"];
    expect(states.map((state) => iconOf(ASCII, state).icon)).toEqual(["[ok]", "[x]", "[~]", "[>]", "[ ]"]);
    expect([999, 1_000, 2_140].map(formatDuration)).toEqual(["999 ms", "1.0 s", "2.1 s"]);
  });
});

describe("a run in the terminal", () => {
  const step = { status: "COMPLETED", attempt: 1, maxAttempts: 3, startedAt: null, endedAt: null, nextRetryAt: null };
  const run: RunView = {
    id: "r",
    workflow: "w",
    status: "RUNNING",
    seq: 1,
    createdAt: "2026-07-01T00:00:00.000Z",
    endedAt: null,
    error: null,
    output: null,
    steps: [
      { ...step, key: "fetch", startedAt: "2026-07-01T00:00:00.000Z", endedAt: "2026-07-01T00:00:00.500Z" },
      { ...step, key: "flaky", status: "RETRYING", attempt: 2, startedAt: "2026-07-01T00:00:00.500Z" },
      { ...step, key: "merge", status: "PENDING", attempt: 0 },
    ],
  };

  it("has a line for each step, with a bar that shows when it ran", () => {
    expect(drawRun(ASCII, run, Date.parse("2026-07-01T00:00:01.000Z"))).toEqual([
      "  [ok] fetch COMPLETED ============............   500 ms",
      "  [~] flaky RETRYING  ............============   500 ms try 2",
      "  [ ] merge PENDING   ........................",
    ]);
  });

  it("is never wider than 80 columns, however long the keys are", () => {
    const long = { ...run, steps: run.steps.map((item) => ({ ...item, key: item.key.repeat(20) })) };
    for (const line of drawRun(ASCII, long, Date.now())) {
      expect(line.length).toBeLessThanOrEqual(80);
    }
  });

  it("that was not begun, or that a clock behind ours began, is drawn without error", () => {
    expect(drawRun(UNICODE, run, 0)).toHaveLength(3);
    expect(drawRun(UNICODE, { ...run, steps: [] }, 0)).toEqual([]);
  });

  it("has events of one line each", () => {
    const event = { ...EVENT, step: stepKeyOf("flaky"), attempt: 2 };
    expect(describeEvent({ ...event, type: "STEP_STARTED" })).toBe("21:04:36.319 STEP_STARTED flaky attempt 2");
    expect(describeEvent({ ...event, type: "STEP_RETRYING", data: { delayMs: 400 } })).toBe(
      "21:04:36.319 STEP_RETRYING flaky in 400 ms",
    );
    expect(describeEvent({ ...event, type: "STEP_FAILED", data: { code: "x", message: "HTTP 503" } })).toBe(
      "21:04:36.319 STEP_FAILED flaky: HTTP 503",
    );
    expect(describeEvent({ ...event, step: null, attempt: null, type: "RUN_CREATED" })).toBe(
      "21:04:36.319 RUN_CREATED",
    );
  });
});
