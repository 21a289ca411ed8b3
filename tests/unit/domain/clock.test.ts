import { describe, expect, it } from "vitest";
import { decide } from "../../../src/domain/run/decide.ts";
import { CHAIN, planOf } from "../../support/plans.ts";
import { LEASE_MS, TestRun } from "../../support/test-run.ts";

const HOUR_MS = 3_600_000;
const RETRY = { attempts: 3, delayMs: 10_000, delayMsMax: 60_000, backoff: "fixed", jitter: "none" } as const;

/** A run whose only step waits ten seconds for its second attempt. */
function retrying(): TestRun {
  const run = new TestRun(planOf([{ id: "a", retry: RETRY }]));
  run.fail("a");
  return run;
}

describe("a clock that moved back", () => {
  it("makes no backoff longer than it was", () => {
    const run = retrying();
    run.passMs(-HOUR_MS);
    expect(run.begin("a")).toEqual({ kind: "wake_refused", reason: "not_due" });
    expect(run.visibleInMs("a")).toBe(10_000);
    run.passMs(10_000);
    expect(run.begin("a")).toEqual({ kind: "applied" });
  });

  it("makes no backoff longer that a pause goes over", () => {
    const run = retrying();
    run.pause();
    run.passMs(-HOUR_MS);
    run.resume();
    expect(run.visibleInMs("a")).toBe(10_000);
    expect(run.step("a")).toMatchObject({ dueAt: new Date(run.now.getTime() + 10_000) });
  });

  it("leaves a backoff as it is of which nobody kept when it began", () => {
    const run = retrying();
    const step = run.step("a");
    const old = { run: run.run, steps: new Map([[step.key, { ...step, failedAt: null }]]), mail: [] };
    run.passMs(-HOUR_MS);
    const decision = decide(old, { type: "wake", target: { kind: "step", stepKey: step.key } }, run.context());
    expect(decision).toMatchObject({ kind: "decided", messages: new Map([[step.key, Reflect.get(step, "dueAt")]]) });
  });

  it("keeps no lost attempt for longer than a lease", () => {
    const run = new TestRun(planOf(CHAIN));
    run.passMs(-HOUR_MS);
    expect(run.begin("a")).toEqual({ kind: "wake_refused", reason: "leased" });
    expect(run.visibleInMs("a")).toBe(LEASE_MS);
    run.passMs(LEASE_MS);
    expect(run.begin("a")).toEqual({ kind: "lease_expired" });
  });

  it("gives no run longer than its timeout", () => {
    const run = new TestRun(planOf(CHAIN, { timeoutMs: 60_000 }));
    run.passMs(-HOUR_MS);
    run.apply({ type: "wake", target: { kind: "deadline" } });
    expect(run.visibleInMs("run:deadline")).toBe(60_000);
    run.passMs(60_000);
    run.apply({ type: "wake", target: { kind: "deadline" } });
    expect(run.run).toMatchObject({ status: "FAILED", failure: { code: "run_timeout" } });
  });

  it("holds up no step that is ready", () => {
    const run = new TestRun(planOf(CHAIN), { room: 0 });
    run.room = 1;
    run.passMs(-HOUR_MS);
    expect(run.begin("a")).toEqual({ kind: "applied" });
  });
});

describe("a clock that stands right", () => {
  it("leaves waits as they are, however late they are asked about", () => {
    const run = retrying();
    const { dueAt } = { dueAt: null, ...run.step("a") };
    run.passMs(9_999);
    run.begin("a");
    expect(run.step("a")).toMatchObject({ dueAt });
    expect(run.last.steps.size).toBe(0);
    expect(run.visibleInMs("a")).toBe(1);
  });
});
