import { describe, expect, it } from "vitest";
import { CHAIN, JOIN, planOf } from "../../support/plans.ts";
import { TestRun } from "../../support/test-run.ts";

describe("canceling a run", () => {
  it("ends it at once, with all that was unfinished", () => {
    const run = new TestRun(planOf(JOIN, { timeoutMs: 60_000 }));
    run.complete("left");
    expect(run.cancel()).toEqual({ kind: "applied" });
    expect(run.run).toMatchObject({ status: "CANCELED", endedAt: run.now });
    expect(run.statuses).toEqual({ left: "COMPLETED", right: "CANCELED", join: "CANCELED" });
    expect(run.messages.size).toBe(0);
  });

  it("records who and why", () => {
    const run = new TestRun(planOf(CHAIN));
    run.cancel();
    expect(run.events.at(-1)).toMatchObject({
      type: "RUN_CANCELED",
      actor: "key:tester",
      data: { reason: "no longer wanted" },
    });
  });

  it("is possible before it started, while it waits for a backoff, and while it is paused", () => {
    const waiting = new TestRun(planOf(CHAIN), { room: 0 });
    const retrying = new TestRun(planOf(CHAIN));
    retrying.fail("a");
    const paused = new TestRun(planOf(CHAIN));
    paused.pause();
    for (const run of [waiting, retrying, paused]) {
      run.cancel();
      expect(run.run.status).toBe("CANCELED");
    }
  });

  it("is refused once it has ended", () => {
    const run = new TestRun(planOf([{ id: "a" }]));
    run.complete("a");
    expect(run.cancel()).toEqual({
      kind: "conflict",
      status: "COMPLETED",
      detail: "the run is COMPLETED already; only a run that has not ended can be canceled",
    });
    expect(run.run.status).toBe("COMPLETED");
  });
});

describe("pausing a run", () => {
  it("lets attempts that run finish and begins no other", () => {
    const run = new TestRun(planOf(CHAIN));
    expect(run.pause()).toEqual({ kind: "applied" });
    run.complete("a");
    expect(run.run.status).toBe("PAUSED");
    expect(run.step("b")).toMatchObject({ status: "PENDING", pendingNeeds: 0 });
    expect(run.visibleInMs("b")).toBeUndefined();
    expect(run.begin("b")).toEqual({ kind: "wake_refused", reason: "run_paused" });
  });

  it("does not keep its last step from completing it", () => {
    const run = new TestRun(planOf([{ id: "a" }]));
    run.pause();
    run.complete("a");
    expect(run.run.status).toBe("COMPLETED");
  });

  it("does not keep its last attempt from sinking it", () => {
    const run = new TestRun(planOf(CHAIN));
    run.pause();
    run.sink("a");
    expect(run.run.status).toBe("FAILED");
  });

  it("is refused when it is paused or has ended", () => {
    const run = new TestRun(planOf(CHAIN));
    run.pause();
    expect(run.pause()).toMatchObject({ kind: "conflict", status: "PAUSED" });
    run.cancel();
    expect(run.pause()).toMatchObject({ kind: "conflict", status: "CANCELED" });
  });
});

describe("resuming a run", () => {
  it("begins what became ready during the pause", () => {
    const run = new TestRun(planOf(CHAIN));
    run.pause();
    run.complete("a");
    expect(run.resume()).toEqual({ kind: "applied" });
    expect(run.run.status).toBe("RUNNING");
    expect(run.step("b").status).toBe("RUNNING");
  });

  it("begins retries that fell due during the pause, and queues those that did not", () => {
    const run = new TestRun(planOf([{ id: "soon" }, { id: "later", retry: { delayMs: 60_000 } }]));
    run.fail("soon");
    run.fail("later");
    run.pause();
    run.messages.clear();
    run.passMs(5_000);
    run.resume();
    expect(run.step("soon")).toMatchObject({ status: "RUNNING", attempt: 2 });
    expect(run.step("later")).toMatchObject({ status: "RETRYING", attempt: 1 });
    expect(run.visibleInMs("later")).toBe(55_000);
  });

  it("queues what is due when there is no room", () => {
    const run = new TestRun(planOf(JOIN));
    run.fail("left");
    run.pause();
    run.complete("right");
    run.passMs(1_000);
    run.room = 0;
    run.resume();
    expect(run.run.status).toBe("RETRYING");
    expect(run.visibleInMs("left")).toBe(0);
  });

  it("goes back to the state that its steps add up to", () => {
    const notStarted = new TestRun(planOf(CHAIN), { room: 0 });
    notStarted.pause();
    notStarted.resume();
    expect(notStarted.run.status).toBe("PENDING");
    expect(notStarted.visibleInMs("a")).toBe(0);
    const running = new TestRun(planOf(CHAIN));
    running.pause();
    running.resume();
    expect(running.run.status).toBe("RUNNING");
    const retrying = new TestRun(planOf(CHAIN));
    retrying.fail("a");
    retrying.pause();
    retrying.resume();
    expect(retrying.run.status).toBe("RETRYING");
  });

  it("begins nothing in a run that a step sinks", () => {
    const run = new TestRun(planOf([{ id: "left" }, { id: "right" }, { id: "ready" }]), { room: 2 });
    run.sink("left");
    run.pause();
    run.resume();
    expect(run.run.status).toBe("RUNNING");
    expect(run.last.begun).toEqual([]);
    expect(run.step("ready").status).toBe("PENDING");
    run.complete("right");
    expect(run.run.status).toBe("FAILED");
  });

  it("is refused when it is not paused", () => {
    const run = new TestRun(planOf(CHAIN));
    expect(run.resume()).toMatchObject({ kind: "conflict", status: "RUNNING" });
    run.cancel();
    expect(run.resume()).toMatchObject({ kind: "conflict", status: "CANCELED" });
  });
});

describe("the deadline of a run", () => {
  it("fails it with all that was unfinished", () => {
    const run = new TestRun(planOf(CHAIN, { timeoutMs: 5_000 }));
    run.complete("a");
    run.passMs(5_000);
    expect(run.apply({ type: "wake", target: { kind: "deadline" } })).toEqual({ kind: "applied" });
    expect(run.run).toMatchObject({ status: "FAILED", failure: { code: "run_timeout", step: null, attempt: null } });
    expect(run.statuses).toEqual({ a: "COMPLETED", b: "CANCELED", c: "CANCELED" });
    expect(run.messages.size).toBe(0);
  });

  it("counts also while it is paused and before it started", () => {
    const paused = new TestRun(planOf(CHAIN, { timeoutMs: 5_000 }));
    paused.pause();
    const waiting = new TestRun(planOf(CHAIN, { timeoutMs: 5_000 }), { room: 0 });
    for (const run of [paused, waiting]) {
      run.passMs(5_000);
      run.apply({ type: "wake", target: { kind: "deadline" } });
      expect(run.run.status).toBe("FAILED");
    }
  });

  it("that has not passed changes nothing, and its message goes back to it", () => {
    const run = new TestRun(planOf(CHAIN, { timeoutMs: 5_000 }));
    run.passMs(4_999);
    run.messages.clear();
    expect(run.apply({ type: "wake", target: { kind: "deadline" } })).toEqual({
      kind: "wake_refused",
      reason: "not_due",
    });
    expect(run.visibleInMs("run:deadline")).toBe(1);
    expect(run.run.status).toBe("RUNNING");
  });

  it("of a run that has ended, or has none, is taken off the queue", () => {
    const ended = new TestRun(planOf([{ id: "a" }], { timeoutMs: 5_000 }));
    ended.complete("a");
    const endless = new TestRun(planOf(CHAIN));
    for (const { run, reason } of [
      { run: ended, reason: "run_ended" },
      { run: endless, reason: "no_deadline" },
    ]) {
      expect(run.expire()).toEqual({ kind: "wake_refused", reason });
      expect([...run.last.messages]).toEqual([["run:deadline", null]]);
      expect(run.last.events).toEqual([]);
    }
  });
});
