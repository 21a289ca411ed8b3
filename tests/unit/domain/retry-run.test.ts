import { describe, expect, it } from "vitest";
import { stepKeyOf } from "../../support/ids.ts";
import { completed } from "../../support/outcomes.ts";
import { CHAIN, JOIN, type NodeParts, planOf } from "../../support/plans.ts";
import { LEASE_MS, TestRun } from "../../support/test-run.ts";

/** A run of `a`, `b`, `c` that `b` sank. */
function sunkAtB(): TestRun {
  const run = new TestRun(planOf(CHAIN));
  run.complete("a");
  run.sink("b");
  return run;
}

const TWO_BRANCHES: readonly NodeParts[] = [
  { id: "a" },
  { id: "b", needs: ["a"] },
  { id: "c", needs: ["b"] },
  { id: "other" },
  { id: "last", needs: ["c", "other"] },
];

describe("retrying a failed run", () => {
  it("goes on from what failed and reuses what is done", () => {
    const run = sunkAtB();
    const eventCount = run.events.length;
    expect(run.retry()).toEqual({ kind: "applied" });
    expect(run.statuses).toEqual({ a: "COMPLETED", b: "RUNNING", c: "PENDING" });
    expect(run.eventTypes(eventCount)).toEqual([
      "RUN_RETRIED",
      "STEP_RETRYING b",
      "STEP_RESET c",
      "RUN_RUNNING",
      "STEP_STARTED b",
    ]);
    run.complete("b", "c");
    expect(run.run.status).toBe("COMPLETED");
  });

  it("numbers attempts on and grants a fresh set of them", () => {
    const run = sunkAtB();
    run.retry();
    expect(run.step("b")).toMatchObject({ attempt: 2, maxAttempts: 4 });
    run.fail("b");
    expect(run.visibleInMs("b")).toBe(1_000);
    run.passMs(1_000);
    run.begin("b");
    run.fail("b");
    expect(run.visibleInMs("b")).toBe(2_000);
  });

  it("queues what failed when there is no room", () => {
    const run = sunkAtB();
    run.room = 0;
    run.retry();
    expect(run.run.status).toBe("RETRYING");
    expect(run.visibleInMs("b")).toBe(0);
  });

  it("runs again what was canceled, its needs counted anew", () => {
    const run = new TestRun(planOf(TWO_BRANCHES));
    run.complete("a");
    run.fail("other");
    run.sink("b");
    expect(run.statuses).toEqual({ a: "COMPLETED", b: "FAILED", c: "CANCELED", other: "CANCELED", last: "CANCELED" });
    run.retry();
    expect(run.statuses).toEqual({ a: "COMPLETED", b: "RUNNING", c: "PENDING", other: "RUNNING", last: "PENDING" });
    expect([run.step("c"), run.step("last")]).toMatchObject([{ pendingNeeds: 1 }, { pendingNeeds: 2 }]);
    run.complete("other", "b", "c", "last");
    expect(run.run.status).toBe("COMPLETED");
  });

  it("keeps the result of a failed step that continues on errors", () => {
    const run = new TestRun(
      planOf([
        { id: "a", onError: "continue" },
        { id: "b", needs: ["a"] },
      ]),
    );
    run.sink("a");
    run.sink("b");
    run.retry();
    expect(run.statuses).toEqual({ a: "FAILED", b: "RUNNING" });
  });

  it("counts a skipped need as done", () => {
    const run = new TestRun(planOf(CHAIN));
    run.settle("a", { kind: "skipped" });
    run.sink("b");
    run.retry();
    expect(run.step("b").status).toBe("RUNNING");
  });

  it("begins every step that failed while the run sank", () => {
    const run = new TestRun(planOf(JOIN));
    run.sink("left");
    run.sink("right");
    run.retry();
    expect(run.statuses).toEqual({ left: "RUNNING", right: "RUNNING", join: "PENDING" });
  });

  it("gives the run a new deadline", () => {
    const run = new TestRun(planOf(CHAIN, { timeoutMs: 5_000 }));
    run.passMs(5_000);
    run.apply({ type: "wake", target: { kind: "deadline" } });
    run.retry();
    expect(run.visibleInMs("run:deadline")).toBe(5_000);
    expect(run.run.status).toBe("RUNNING");
  });

  it("starts a run whose deadline passed before it could", () => {
    const run = new TestRun(planOf(CHAIN, { timeoutMs: 5_000 }), { room: 0 });
    run.passMs(5_000);
    run.apply({ type: "wake", target: { kind: "deadline" } });
    run.retry();
    expect(run.run).toMatchObject({ status: "RETRYING", startedAt: null });
    run.room = 1;
    run.begin("a");
    expect(run.run).toMatchObject({ status: "RUNNING", startedAt: run.now });
  });

  it("keeps out results of attempts before it", () => {
    const run = sunkAtB();
    const stale = run.tokenOf("b");
    run.retry();
    expect(run.settle("b", completed("late"), stale)).toEqual({ kind: "lease_lost" });
    expect(run.step("b").status).toBe("RUNNING");
  });

  it("can be done again and again", () => {
    const run = sunkAtB();
    for (const attempt of [2, 3, 4]) {
      run.retry();
      expect(run.step("b")).toMatchObject({ status: "RUNNING", attempt });
      run.sink("b");
      expect(run.run.status).toBe("FAILED");
    }
  });

  it("replaces the input when asked to, and keeps it else", () => {
    const kept = sunkAtB();
    kept.retry();
    expect(kept.last).not.toHaveProperty("input");
    expect(kept.events.find((event) => event.type === "RUN_RETRIED")?.data).toEqual({
      from: null,
      inputReplaced: false,
    });
    const replaced = sunkAtB();
    replaced.apply({ type: "retry", actor: "key:tester", from: null, input: { id: 2 } });
    expect(replaced.last.input).toEqual({ id: 2 });
  });

  it.each(["COMPLETED", "CANCELED", "RUNNING", "PAUSED"] as const)("is refused for a run that is %s", (status) => {
    const run = new TestRun(planOf([{ id: "a" }]));
    const reach = {
      COMPLETED: () => run.settle("a", completed()),
      CANCELED: () => run.cancel(),
      RUNNING: () => undefined,
      PAUSED: () => run.pause(),
    };
    reach[status]();
    const reply = run.apply({ type: "retry", actor: "key:tester", from: null, input: {} });
    expect(reply).toEqual({
      kind: "conflict",
      status,
      detail: `the run is ${status}; only a FAILED run can be retried`,
    });
    expect(run.last).not.toHaveProperty("input");
  });
});

describe("retrying from a step", () => {
  it("runs it and all that depends on it again", () => {
    const run = new TestRun(planOf(TWO_BRANCHES));
    run.complete("a", "b", "other", "c");
    run.sink("last");
    run.retry("b");
    expect(run.statuses).toEqual({
      a: "COMPLETED",
      b: "RUNNING",
      c: "PENDING",
      other: "COMPLETED",
      last: "PENDING",
    });
    run.complete("b", "c", "last");
    expect(run.run.status).toBe("COMPLETED");
  });

  it("also goes on from what failed elsewhere", () => {
    const run = new TestRun(planOf([{ id: "a" }, { id: "b" }]));
    run.complete("a");
    run.sink("b");
    run.retry("a");
    expect(run.statuses).toEqual({ a: "RUNNING", b: "RUNNING" });
  });

  it("runs a failed step again after the needs that are run again", () => {
    const run = sunkAtB();
    run.retry("a");
    expect(run.statuses).toEqual({ a: "RUNNING", b: "PENDING", c: "PENDING" });
    expect(run.step("b")).toMatchObject({ pendingNeeds: 1, error: { code: "http_404" } });
  });

  it("runs a step again that failed and continued", () => {
    const run = new TestRun(
      planOf([
        { id: "a", onError: "continue" },
        { id: "b", needs: ["a"] },
      ]),
    );
    run.sink("a");
    run.sink("b");
    run.retry("a");
    expect(run.statuses).toEqual({ a: "RUNNING", b: "PENDING" });
  });

  it("forgets the tokens of done steps, so that their repeats are kept out", () => {
    const run = sunkAtB();
    const stale = run.tokenOf("a");
    run.retry("a");
    expect(run.settle("a", completed("late"), stale)).toEqual({ kind: "lease_lost" });
  });

  it("forgets the token of a failed step that waits for its needs again", () => {
    const run = sunkAtB();
    const stale = run.tokenOf("b");
    run.retry("a");
    expect(run.settle("b", completed("late"), stale)).toEqual({ kind: "lease_lost" });
  });

  it("counts needs anew also where a step is written before what it needs", () => {
    const run = new TestRun(planOf([{ id: "b", needs: ["a"] }, { id: "c", needs: ["b"] }, { id: "a" }]));
    run.complete("a", "b");
    run.sink("c");
    run.retry("a");
    expect(run.statuses).toEqual({ b: "PENDING", c: "PENDING", a: "RUNNING" });
    run.complete("a", "b", "c");
    expect(run.run.status).toBe("COMPLETED");
  });

  it("is refused for an unknown step, and nothing changes", () => {
    const run = sunkAtB();
    const { state } = run;
    expect(run.retry("nowhere")).toEqual({ kind: "unknown_step", stepKey: "nowhere" });
    expect(run.state).toEqual(state);
  });

  it("gives every step that runs again a lease of its own", () => {
    const run = new TestRun(planOf(JOIN));
    run.sink("left");
    run.complete("right");
    run.retry("right");
    expect(run.tokenOf("left")).not.toBe(run.tokenOf("right"));
    expect([run.visibleInMs("left"), run.visibleInMs("right")]).toEqual([LEASE_MS, LEASE_MS]);
    expect(run.messages.has(stepKeyOf("join"))).toBe(false);
  });
});
