import { describe, expect, it } from "vitest";
import type { RunRecord } from "../../../../src/api/runs/port.ts";
import type { StepRecord } from "../../../../src/api/steps/port.ts";
import { explainRun } from "../../../../src/api/why/view.ts";
import { NO_STEPS } from "../../../../src/domain/run/counts.ts";
import { nameOf, runIdOf, stepKeyOf } from "../../../support/ids.ts";

const NOW = new Date("2026-07-01T12:00:10.000Z");
const EARLIER = new Date("2026-07-01T12:00:00.000Z");
const LATER = new Date("2026-07-01T12:00:20.000Z");

function step(id: string, change: Partial<StepRecord>): StepRecord {
  return {
    key: stepKeyOf(id),
    nodeId: id,
    type: "http",
    status: "PENDING",
    attempt: 1,
    maxAttempts: 3,
    availableAt: null,
    queuedAt: EARLIER,
    startedAt: EARLIER,
    endedAt: null,
    error: null,
    waitingFor: null,
    inputBytes: null,
    outputBytes: null,
    ...change,
  };
}

function run(steps: readonly StepRecord[], change: Partial<RunRecord> = {}): RunRecord {
  return {
    id: runIdOf(1),
    workflow: "demo",
    version: 1,
    status: "RUNNING",
    labels: {},
    counts: NO_STEPS,
    failure: null,
    createdAt: EARLIER,
    startedAt: EARLIER,
    endedAt: null,
    output: null,
    input: null,
    seq: 3,
    deadlineAt: null,
    rerunOf: null,
    recipe: {},
    plan: {
      format: 2,
      workflow: nameOf("demo"),
      root: { nodes: [], outputNode: "a" },
      timeoutMs: null,
      inputSchema: null,
      labels: {},
    },
    steps,
    ...change,
  };
}

const failure = { code: "http_status", message: "the call answered 503", step: stepKeyOf("a"), attempt: 3 };

describe("why", () => {
  const cases: readonly (readonly [string, RunRecord, object])[] = [
    [
      "a step that runs, before one that is due later",
      run([
        step("b", { status: "RETRYING", availableAt: LATER }),
        step("a", { status: "RUNNING", availableAt: LATER }),
      ]),
      { reason: "step_running", step: "a", since: EARLIER.toISOString(), sentence: expect.stringContaining("10.0 s") },
    ],
    [
      "a step that is tried again, and when",
      run([
        step("a", {
          status: "RETRYING",
          availableAt: LATER,
          error: { code: "http_status", message: "the call answered 503" },
        }),
      ]),
      { reason: "step_retrying", until: LATER.toISOString(), sentence: expect.stringContaining("attempt 2 of 3") },
    ],
    [
      "a step that waits for a free place",
      run([step("b", {}), step("a", { availableAt: EARLIER })]),
      { reason: "step_due", step: "a", since: EARLIER.toISOString() },
    ],
    [
      "a step that waits for something without an instant",
      run([step("a", { status: "WAITING" })]),
      { reason: "step_waiting", step: "a", until: null, sentence: expect.stringContaining("something outside") },
    ],
    [
      "the attempts that a failing run lets finish",
      run([step("b", { status: "RUNNING" })], { failure }),
      { reason: "failing", step: "a", data: { running: ["b"] } },
    ],
    ["nothing that is due", run([step("a", {})]), { reason: "nothing_due", step: null }],
  ];

  it.each(cases)("names %s", (_, record, expected) => {
    expect(explainRun(record, null, NOW)).toMatchObject({ status: "RUNNING", ...expected });
  });
});
