import { describe, expect, it } from "vitest";
import { viewAttempts, viewStep } from "../../../../src/api/steps/view.ts";
import type { Json } from "../../../../src/domain/json.ts";
import type { Event, StepEventType } from "../../../../src/domain/run/event.ts";
import type { StepStatus } from "../../../../src/domain/run/transitions.ts";
import { runIdOf, stepKeyOf } from "../../../support/ids.ts";
import { planIndexOf } from "../../../support/plans.ts";
import { NOW, stepRecordOf } from "../step-records.ts";

const PLAN = planIndexOf([{ id: "a" }, { id: "each", needs: ["a"], body: [{ id: "x" }, { id: "y", needs: ["x"] }] }]);

const PROGRESS = { total: 9, opened: 6, open: 2, completed: 3, failed: 1 };
const ITEMS = { kind: "items", again: 0, bytes: 5, failure: null, ...PROGRESS } as const;

describe("a step on the wire", () => {
  it.each([
    ["each", "each", { parent: null, needs: ["a"] }],
    ["each[3]", "each", { parent: "each", needs: [] }],
    ["each[3].y", "y", { parent: "each[3]", needs: ["each[3].x"] }],
  ])("%s names what holds it and what it needs by their keys", (key, nodeId, expected) => {
    expect(viewStep(stepRecordOf("", { key: stepKeyOf(key), nodeId }), PLAN)).toMatchObject({
      id: nodeId,
      ...expected,
    });
  });

  it("says how far the items of a foreach are, while it waits for them and after its end", () => {
    const waiting = viewStep(stepRecordOf("each", { status: "WAITING", waitingFor: ITEMS }), PLAN);
    expect(waiting).toMatchObject({ waitingFor: { kind: "items", ...PROGRESS }, progress: PROGRESS });
    const failed = viewStep(stepRecordOf("each", { status: "FAILED", waitingFor: ITEMS }), PLAN);
    expect(failed).toMatchObject({ waitingFor: null, progress: { ...PROGRESS, open: 0 } });
  });

  it("says what a step waits for only while it waits", () => {
    const waitingFor = { kind: "timer", until: NOW.toISOString() } as const;
    expect(viewStep(stepRecordOf("a", { status: "WAITING", waitingFor }), PLAN).waitingFor).toEqual(waitingFor);
    expect(viewStep(stepRecordOf("a", { status: "COMPLETED", waitingFor }), PLAN).waitingFor).toBeNull();
  });
});

const at = (second: number): string => new Date(NOW.getTime() + second * 1_000).toISOString();

/** The events of attempt 1, one a second: type, the state it leads to and what it carries. */
function eventsOf(
  ...told: readonly (readonly [StepEventType, StepStatus, Readonly<Record<string, Json>>?])[]
): Event[] {
  return told.map(([type, to, data = {}], index) => ({
    runId: runIdOf(1),
    seq: index + 1,
    at: new Date(at(index)),
    type,
    step: stepKeyOf("a"),
    attempt: 1,
    from: "RUNNING",
    to,
    actor: "system",
    data,
    prevHash: "",
    hash: "",
  }));
}

describe("an attempt", () => {
  const started = ["STEP_STARTED", "RUNNING"] as const;
  const waits = ["STEP_WAITING", "WAITING"] as const;

  it("whose step waits has done its work, and has not ended", () => {
    expect(viewAttempts(eventsOf(started, waits))).toMatchObject([
      { attempt: 1, status: "WAITING", startedAt: at(0), waitingSince: at(1), endedAt: null },
    ]);
  });

  it.each([
    ["STEP_COMPLETED", "COMPLETED", null],
    ["STEP_FAILED", "FAILED", { code: "items_failed", message: "3 of 9 items failed" }],
    ["STEP_CANCELED", "CANCELED", null],
  ] as const)("ends with the wait of its step: %s", (type, status, error) => {
    expect(viewAttempts(eventsOf(started, waits, [type, status, error ?? {}]))).toMatchObject([
      { status, startedAt: at(0), waitingSince: at(1), endedAt: at(2), error },
    ]);
  });

  it("that did not wait says so", () => {
    const attempts = viewAttempts(eventsOf(started, ["STEP_COMPLETED", "COMPLETED"]));
    expect(attempts).toMatchObject([{ status: "COMPLETED", waitingSince: null, endedAt: at(1) }]);
  });

  it("of a foreach waits again when its items are opened again", () => {
    const failed = ["STEP_FAILED", "FAILED", { code: "items_failed", message: "3 of 9 items failed" }] as const;
    const again = viewAttempts(eventsOf(started, waits, failed, ["STEP_RESET", "WAITING"]));
    expect(again).toMatchObject([
      { status: "WAITING", startedAt: at(0), waitingSince: at(3), endedAt: null, error: null },
    ]);
  });

  it("keeps how it ended when its step is to run from its beginning", () => {
    const again = viewAttempts(eventsOf(started, ["STEP_COMPLETED", "COMPLETED"], ["STEP_RESET", "PENDING"]));
    expect(again).toMatchObject([{ status: "COMPLETED", endedAt: at(1) }]);
  });
});
