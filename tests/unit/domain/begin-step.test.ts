import { describe, expect, it } from "vitest";
import { CHAIN, JOIN, planOf } from "../../support/plans.ts";
import { LEASE_MS, TestRun } from "../../support/test-run.ts";

describe("a message that says a step may be due", () => {
  it("begins a ready step under a fresh lease", () => {
    const run = new TestRun(planOf(CHAIN), { room: 0 });
    run.room = 1;
    expect(run.begin("a")).toEqual({ kind: "applied" });
    expect(run.step("a")).toMatchObject({ status: "RUNNING", attempt: 1 });
    expect(run.visibleInMs("a")).toBe(LEASE_MS);
    expect(run.last.begun.map((step) => step.key)).toEqual(["a"]);
  });

  it("delivered twice begins one attempt, and goes back to the end of its lease", () => {
    const run = new TestRun(planOf(CHAIN), { room: 0 });
    run.room = 1;
    run.begin("a");
    run.passMs(1_000);
    expect(run.begin("a")).toEqual({ kind: "wake_refused", reason: "leased" });
    expect(run.last.begun).toEqual([]);
    expect(run.last.events).toEqual([]);
    expect(run.visibleInMs("a")).toBe(LEASE_MS - 1_000);
  });

  it("goes back on the queue when there is no room", () => {
    const run = new TestRun(planOf(CHAIN), { room: 0 });
    expect(run.begin("a")).toEqual({ kind: "wake_refused", reason: "no_room" });
    expect(run.visibleInMs("a")).toBe(0);
  });

  it("of an unknown step is taken off the queue", () => {
    const run = new TestRun(planOf(CHAIN));
    expect(run.begin("nowhere")).toEqual({ kind: "wake_refused", reason: "unknown_step" });
    expect([...run.last.messages.values()]).toEqual([null]);
  });

  it("of a step whose needs are not done is taken off the queue", () => {
    const run = new TestRun(planOf(CHAIN));
    expect(run.begin("b")).toEqual({ kind: "wake_refused", reason: "not_ready" });
    expect(run.visibleInMs("b")).toBeUndefined();
    expect(run.step("b").status).toBe("PENDING");
  });

  it("of a done step is taken off the queue", () => {
    const run = new TestRun(planOf(CHAIN));
    run.complete("a");
    expect(run.begin("a")).toEqual({ kind: "wake_refused", reason: "step_done" });
    expect([...run.last.messages.values()]).toEqual([null]);
  });

  it("of an ended run is taken off the queue", () => {
    const run = new TestRun(planOf(CHAIN));
    run.cancel();
    expect(run.begin("a")).toEqual({ kind: "wake_refused", reason: "run_ended" });
    expect([...run.last.messages.values()]).toEqual([null]);
  });

  it("too early for the backoff goes back to when it is due", () => {
    const run = new TestRun(planOf(CHAIN));
    run.fail("a");
    run.passMs(400);
    expect(run.begin("a")).toEqual({ kind: "wake_refused", reason: "not_due" });
    expect(run.visibleInMs("a")).toBe(600);
  });

  it("begins the next attempt the moment the backoff has passed", () => {
    const run = new TestRun(planOf(CHAIN));
    run.fail("a");
    run.passMs(1_000);
    expect(run.begin("a")).toEqual({ kind: "applied" });
    expect(run.step("a")).toMatchObject({ status: "RUNNING", attempt: 2 });
    expect(run.run.status).toBe("RUNNING");
  });

  it("begins nothing while a failed step sinks the run", () => {
    const run = new TestRun(planOf([{ id: "a" }, { id: "b" }, { id: "c" }]), { room: 2 });
    run.sink("a");
    expect(run.begin("c")).toEqual({ kind: "wake_refused", reason: "run_failing" });
    expect(run.visibleInMs("c")).toBeUndefined();
    expect(run.step("c").status).toBe("PENDING");
  });
});

describe("a lease that ran out", () => {
  it("fails its attempt, and the retry policy decides", () => {
    const run = new TestRun(planOf(CHAIN));
    run.passMs(LEASE_MS);
    expect(run.begin("a")).toEqual({ kind: "lease_expired" });
    expect(run.step("a")).toMatchObject({ status: "RETRYING", attempt: 1, error: { code: "lease_expired" } });
    expect(run.visibleInMs("a")).toBe(1_000);
    expect(run.eventTypes(3)).toEqual(["STEP_FAILED a", "STEP_RETRYING a", "RUN_RETRYING"]);
  });

  it("keeps steps that were lost together twice from meeting a third time", () => {
    const run = new TestRun(planOf(CHAIN), { fraction: 0.5 });
    for (const attempt of [1, 2]) {
      expect(run.step("a")).toMatchObject({ status: "RUNNING", attempt });
      run.passMs(LEASE_MS);
      run.begin("a");
      expect(run.visibleInMs("a")).toBe(attempt === 1 ? 1_000 : 15_000);
      run.passMs(run.visibleInMs("a") ?? 0);
      run.begin("a");
    }
  });

  it("says so when the attempt before was lost as well", () => {
    const run = new TestRun(planOf([{ id: "a", retry: { attempts: 2 } }]));
    run.passMs(LEASE_MS);
    run.begin("a");
    run.passMs(run.visibleInMs("a") ?? 0);
    run.begin("a");
    run.passMs(LEASE_MS);
    run.begin("a");
    expect(run.run).toMatchObject({ status: "FAILED", failure: { code: "lease_expired", step: "a", attempt: 2 } });
    expect(run.step("a").error?.message).toMatch(/attempt 2 .* neither did the one before.*The step itself may be/u);
  });

  it("is good until the last millisecond", () => {
    const run = new TestRun(planOf(CHAIN));
    run.passMs(LEASE_MS - 1);
    expect(run.begin("a")).toEqual({ kind: "wake_refused", reason: "leased" });
  });

  it("sinks the run when it was that of the last attempt", () => {
    const run = new TestRun(planOf([{ id: "a", retry: { attempts: 1 } }]));
    run.passMs(LEASE_MS);
    run.begin("a");
    expect(run.run).toMatchObject({ status: "FAILED", failure: { code: "lease_expired", step: "a", attempt: 1 } });
  });

  it("frees the dependents of a step that continues on errors", () => {
    const run = new TestRun(
      planOf([
        { id: "a", retry: { attempts: 1 }, onError: "continue" },
        { id: "b", needs: ["a"] },
      ]),
    );
    run.passMs(LEASE_MS);
    run.begin("a");
    expect(run.statuses).toEqual({ a: "FAILED", b: "RUNNING" });
  });

  it("is noticed while the run is paused; its next attempt waits for the resume", () => {
    const run = new TestRun(planOf(CHAIN));
    run.pause();
    run.passMs(LEASE_MS);
    expect(run.begin("a")).toEqual({ kind: "lease_expired" });
    run.passMs(1_000);
    expect(run.begin("a")).toEqual({ kind: "wake_refused", reason: "run_paused" });
    expect(run.run.status).toBe("PAUSED");
    run.resume();
    expect(run.step("a")).toMatchObject({ status: "RUNNING", attempt: 2 });
  });

  it("does not keep a failing run from ending, and gets no other attempt", () => {
    const run = new TestRun(planOf(JOIN));
    run.sink("left");
    expect(run.run.status).toBe("RUNNING");
    run.passMs(LEASE_MS);
    run.begin("right");
    expect(run.run).toMatchObject({ status: "FAILED", failure: { step: "left" } });
    expect(run.statuses).toEqual({ left: "FAILED", right: "FAILED", join: "CANCELED" });
  });
});
