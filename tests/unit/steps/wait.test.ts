import { describe, expect, it } from "vitest";
import type { Json } from "../../../src/domain/json.ts";
import type { WaitParameters } from "../../../src/domain/plan/plan.ts";
import type { Outcome } from "../../../src/domain/run/outcome.ts";
import { executeStep } from "../../../src/steps/execute-step.ts";
import { createAssignment } from "./assignments.ts";
import { createPorts } from "./local-server.ts";

const NOW = new Date("2026-11-26T12:00:00.000Z");

async function wait(parameters: WaitParameters, input: Json = {}): Promise<Outcome> {
  const ports = { ...createPorts(), now: () => NOW };
  return executeStep(createAssignment({ type: "wait", with: parameters, input }), ports);
}

describe("a step that waits", () => {
  it.each<readonly [string, Json, string]>([
    ["1h30m", {}, "2026-11-26T13:30:00.000Z"],
    ["${{ input.wait }}", { wait: "10s" }, "2026-11-26T12:00:10.000Z"],
    ["${{ input.days }}d", { days: 366 }, "2027-11-27T12:00:00.000Z"],
    ["0s", {}, "2026-11-26T12:00:00.000Z"],
  ])("for %s waits until so long after its attempt", async (duration, input, until) => {
    expect(await wait({ kind: "for", duration }, input)).toMatchObject({
      kind: "waiting",
      on: { kind: "timer", until },
      input: { for: expect.any(String) },
    });
  });

  it.each<readonly [Json, string]>([
    ["2026-12-24T18:00:00Z", "2026-12-24T18:00:00.000Z"],
    ["2026-12-24T18:00:00.5+02:00", "2026-12-24T16:00:00.500Z"],
    ["2026-12-24T18:00", "2026-12-24T18:00:00.000Z"],
    ["2026-12-24", "2026-12-24T00:00:00.000Z"],
    [1_798_135_200_000.7, "2026-12-24T18:00:00.000Z"],
    ["2020-01-01T00:00:00Z", "2020-01-01T00:00:00.000Z"],
  ])("until %s waits for that instant, also one that is past", async (at, until) => {
    const outcome = await wait({ kind: "until", instant: "${{ input.at }}" }, { at });
    expect(outcome).toEqual({ kind: "waiting", on: { kind: "timer", until }, input: { until: at } });
  });

  it("for a signal waits for ever, or until its timeout, and passes the schema of the payload on as written", async () => {
    const schema = { type: "object", title: "${{ input.not }}" };
    const parameters = { kind: "signal", name: "decision", schema } as const;
    expect(await wait({ ...parameters, timeout: null })).toEqual({
      kind: "waiting",
      on: { kind: "signal", name: "decision", until: null, schema },
      input: { signal: "decision" },
    });
    expect(await wait({ ...parameters, timeout: "${{ input.hours }}h" }, { hours: 24 })).toEqual({
      kind: "waiting",
      on: { kind: "signal", name: "decision", until: "2026-11-27T12:00:00.000Z", schema },
      input: { signal: "decision", timeout: "24h" },
    });
  });

  it("keeps what cannot be stored out of what it waits for", async () => {
    const schema = { title: "a\u0000b\ud800" };
    const outcome = await wait({ kind: "signal", name: "go", timeout: null, schema });
    expect(outcome).toMatchObject({ on: { schema: { title: "a\ufffdb\ufffd" } } });
  });

  it.each<readonly [string, WaitParameters, Json, string]>([
    [
      "a duration without a unit",
      { kind: "for", duration: "${{ input.x }}" },
      { x: 5 },
      "`for`: 5 is no duration: write the unit: `5s`",
    ],
    ["a duration that is missing", { kind: "for", duration: "${{ input.x }}" }, {}, "`for`: null is no duration"],
    ["a duration beyond ten years", { kind: "for", duration: "${{ input.x }}" }, { x: "4000d" }, "use at most `3653d`"],
    [
      "a text that is no instant",
      { kind: "until", instant: "${{ input.x }}" },
      { x: "soon" },
      '`until`: "soon" is no instant',
    ],
    ["a day that does not exist", { kind: "until", instant: "${{ input.x }}" }, { x: "2026-02-30" }, "does not exist"],
    [
      "an instant in seconds",
      { kind: "until", instant: "${{ input.x }}" },
      { x: 1_798_135_200 },
      "multiply seconds by 1000",
    ],
    ["a number that is no instant", { kind: "until", instant: "${{ input.x }}" }, { x: 1e300 }, "is no instant"],
    ["an instant in eleven years", { kind: "until", instant: "2037-12-01" }, {}, "more than 3653d ahead"],
    [
      "a timeout that is no duration",
      { kind: "signal", name: "go", timeout: "${{ input.x }}", schema: null },
      { x: [] },
      "`timeout`: [] is no duration",
    ],
  ])("fails for good on %s, and says what to write", async (_what, parameters, input, message) => {
    expect(await wait(parameters, input)).toMatchObject({
      kind: "failed",
      retryable: false,
      error: { code: "wait_params", message: expect.stringContaining(message) },
    });
  });

  it("is skipped when its `if` is false", async () => {
    const assignment = createAssignment({ type: "wait", with: { kind: "for", duration: "1h" }, if: "false" });
    expect(await executeStep(assignment, createPorts())).toEqual({ kind: "skipped" });
  });
});
