import { describe, expect, it } from "vitest";
import {
  isRunEnded,
  isRunTransition,
  isStepTransition,
  RUN_TRANSITIONS,
  type RunStatus,
  STEP_TRANSITIONS,
  type StepStatus,
} from "../../../src/domain/run/transitions.ts";

const RUN_STATUSES = Object.keys(RUN_TRANSITIONS) as readonly RunStatus[];
const STEP_STATUSES = Object.keys(STEP_TRANSITIONS) as readonly StepStatus[];

describe("states of a run", () => {
  it.each(["COMPLETED", "CANCELED"] as const)("%s is absorbing", (from) => {
    expect(RUN_STATUSES.filter((to) => isRunTransition(from, to))).toEqual([]);
  });

  it("FAILED is left only by an operator's retry", () => {
    expect(RUN_STATUSES.filter((to) => isRunTransition("FAILED", to))).toEqual(["RETRYING"]);
  });

  it("a run completes by an attempt or by the end of a wait, also in a pause", () => {
    expect(RUN_STATUSES.filter((from) => isRunTransition(from, "COMPLETED"))).toEqual(["RUNNING", "WAITING", "PAUSED"]);
  });

  it("every state can be reached from PENDING", () => {
    expect(reachable("PENDING", RUN_TRANSITIONS)).toEqual(new Set(RUN_STATUSES));
  });

  it("a run has ended in COMPLETED, FAILED and CANCELED only", () => {
    expect(RUN_STATUSES.filter(isRunEnded)).toEqual(["FAILED", "COMPLETED", "CANCELED"]);
  });
});

describe("states of a step", () => {
  it("only a step that waits to run, or waits for something, can begin", () => {
    expect(STEP_STATUSES.filter((from) => isStepTransition(from, "RUNNING"))).toEqual([
      "PENDING",
      "RETRYING",
      "WAITING",
    ]);
  });

  it("a backoff follows a failure and nothing else", () => {
    expect(STEP_STATUSES.filter((from) => isStepTransition(from, "RETRYING"))).toEqual(["FAILED"]);
  });

  it.each([
    { from: "SKIPPED", to: ["PENDING"] },
    // A `foreach` or an item that is opened again waits for what it holds.
    { from: "COMPLETED", to: ["PENDING", "WAITING"] },
    { from: "CANCELED", to: ["PENDING", "WAITING"] },
  ] as const)("$from is left only by an operator's retry", ({ from, to }) => {
    expect(STEP_STATUSES.filter((status) => isStepTransition(from, status))).toEqual(to);
  });

  it("every state can be reached from PENDING", () => {
    expect(reachable("PENDING", STEP_TRANSITIONS)).toEqual(new Set(STEP_STATUSES));
  });
});

function reachable<Status extends string>(
  start: Status,
  table: Readonly<Record<Status, readonly Status[]>>,
): ReadonlySet<Status> {
  const found = new Set([start]);
  for (const from of found) {
    for (const to of table[from]) {
      found.add(to);
    }
  }
  return found;
}
