import { describe, expect, it } from "vitest";
import { STRANGE_TOKEN } from "../../support/ids.ts";
import { completed, failed, SKIPPED } from "../../support/outcomes.ts";
import { CHAIN, JOIN, planOf } from "../../support/plans.ts";
import { LEASE_MS, TestRun } from "../../support/test-run.ts";

describe("settling an attempt", () => {
  it("hands the baton to the dependents in the same decision", () => {
    const run = new TestRun(planOf(CHAIN));
    expect(run.settle("a", completed({ id: 7 }))).toEqual({ kind: "applied" });
    expect(run.statuses).toEqual({ a: "COMPLETED", b: "RUNNING", c: "PENDING" });
    expect(run.last.begun.map((step) => step.key)).toEqual(["b"]);
    expect(run.last.payloads).toEqual(new Map([["a", { output: { id: 7 } }]]));
    expect([run.visibleInMs("a"), run.visibleInMs("b")]).toEqual([undefined, LEASE_MS]);
  });

  it("queues the dependents when there is no room", () => {
    const run = new TestRun(planOf(CHAIN), { room: 1 });
    run.room = 0;
    run.complete("a");
    expect(run.statuses).toEqual({ a: "COMPLETED", b: "PENDING", c: "PENDING" });
    expect(run.visibleInMs("b")).toBe(0);
    expect(run.run.status).toBe("RUNNING");
  });

  it("begins a join when the last of its needs is done, and not before", () => {
    const run = new TestRun(planOf(JOIN));
    run.complete("left");
    expect(run.step("join")).toMatchObject({ status: "PENDING", pendingNeeds: 1, queuedAt: null });
    run.complete("right");
    expect(run.step("join")).toMatchObject({ status: "RUNNING", attempt: 1, queuedAt: run.now });
  });

  it("completes the run with its last step", () => {
    const run = new TestRun(planOf(CHAIN, { timeoutMs: 60_000 }));
    run.complete("a", "b", "c");
    expect(run.run).toMatchObject({ status: "COMPLETED", endedAt: run.now });
    expect(run.messages.size).toBe(0);
  });

  it("of a step whose `if` was false counts as done", () => {
    const run = new TestRun(planOf(CHAIN));
    run.settle("a", SKIPPED);
    expect(run.statuses).toEqual({ a: "SKIPPED", b: "RUNNING", c: "PENDING" });
    expect(run.last.payloads.size).toBe(0);
  });

  it("stores the input that was sent, of success and failure alike", () => {
    const run = new TestRun(planOf(JOIN));
    run.settle("left", { kind: "completed", output: 1, input: { url: "x" } });
    expect(run.last.payloads).toEqual(new Map([["left", { output: 1, input: { url: "x" } }]]));
    run.settle("right", {
      kind: "failed",
      error: { code: "http_503", message: "down" },
      retryable: true,
      retryAfterMs: null,
      input: { url: "y" },
    });
    expect(run.last.payloads).toEqual(new Map([["right", { input: { url: "y" } }]]));
  });

  it("of an unknown step is refused", () => {
    const run = new TestRun(planOf(CHAIN));
    expect(run.settle("nowhere", completed(), STRANGE_TOKEN)).toEqual({ kind: "unknown_step", stepKey: "nowhere" });
  });
});

describe("a failed attempt", () => {
  it("records both transitions and waits for its backoff", () => {
    const run = new TestRun(planOf(CHAIN));
    run.fail("a");
    expect(run.eventTypes(3)).toEqual(["STEP_FAILED a", "STEP_RETRYING a", "RUN_RETRYING"]);
    expect(run.step("a")).toMatchObject({ status: "RETRYING", attempt: 1, error: { code: "http_503" } });
    expect(run.run.status).toBe("RETRYING");
    expect(run.visibleInMs("a")).toBe(1_000);
  });

  it("waits as long as the other side asked for", () => {
    const run = new TestRun(planOf(CHAIN));
    run.settle("a", failed({ retryAfterMs: 9_000 }));
    expect(run.visibleInMs("a")).toBe(9_000);
  });

  it("leaves the run RUNNING while other steps run", () => {
    const run = new TestRun(planOf(JOIN));
    run.fail("left");
    expect(run.run.status).toBe("RUNNING");
  });

  it("sinks the run when it was the last that the policy allows", () => {
    const run = new TestRun(planOf(CHAIN));
    for (const waitMs of [1_000, 2_000]) {
      run.fail("a");
      run.passMs(waitMs);
      run.begin("a");
    }
    run.fail("a");
    expect(run.run).toMatchObject({ status: "FAILED", failure: { code: "http_503", step: "a", attempt: 3 } });
    expect(run.statuses).toEqual({ a: "FAILED", b: "CANCELED", c: "CANCELED" });
    expect(run.messages.size).toBe(0);
  });

  it("lets attempts that run finish before the run is FAILED; nothing else begins", () => {
    const run = new TestRun(planOf([...JOIN, { id: "after", needs: ["right"] }]));
    run.sink("left");
    expect(run.run.status).toBe("RUNNING");
    run.complete("right");
    expect(run.statuses).toEqual({ left: "FAILED", right: "COMPLETED", join: "CANCELED", after: "CANCELED" });
    expect(run.run).toMatchObject({ status: "FAILED", failure: { step: "left" } });
  });

  it("in a failing run gets no other attempt and does not replace the failure that sank the run", () => {
    const run = new TestRun(planOf(JOIN));
    run.sink("left");
    run.fail("right");
    expect(run.run).toMatchObject({ status: "FAILED", failure: { step: "left", code: "http_404" } });
    expect(run.statuses).toEqual({ left: "FAILED", right: "FAILED", join: "CANCELED" });
  });

  it("of a step that continues on errors counts as done", () => {
    const run = new TestRun(
      planOf([
        { id: "a", onError: "continue" },
        { id: "b", needs: ["a"] },
      ]),
    );
    run.sink("a");
    expect(run.statuses).toEqual({ a: "FAILED", b: "RUNNING" });
    run.complete("b");
    expect(run.run.status).toBe("COMPLETED");
  });
});

describe("the fence", () => {
  it("keeps out the result of an attempt whose lease expired: recorded, not applied", () => {
    const run = new TestRun(planOf(CHAIN));
    const stale = run.tokenOf("a");
    run.passMs(LEASE_MS);
    run.begin("a");
    const eventCount = run.events.length;
    expect(run.settle("a", completed("late"), stale)).toEqual({ kind: "lease_lost" });
    expect(run.step("a").status).toBe("RETRYING");
    expect(run.last.payloads.size).toBe(0);
    expect(run.events.slice(eventCount)).toMatchObject([
      { type: "LATE_RESULT", step: "a", attempt: 1, from: null, to: null, data: { outcome: "completed" } },
    ]);
  });

  it("keeps out a stale attempt while its successor runs", () => {
    const run = new TestRun(planOf(CHAIN));
    const stale = run.tokenOf("a");
    run.passMs(LEASE_MS);
    run.begin("a");
    run.passMs(1_000);
    run.begin("a");
    expect(run.settle("a", failed(), stale, 1)).toEqual({ kind: "lease_lost" });
    expect(run.step("a")).toMatchObject({ status: "RUNNING", attempt: 2 });
    expect(run.events.at(-1)).toMatchObject({
      type: "LATE_RESULT",
      attempt: 1,
      data: { outcome: "failed", code: "http_503" },
    });
  });

  it("accepts a result after the lease ended, as long as nobody noticed", () => {
    const run = new TestRun(planOf(CHAIN));
    run.passMs(LEASE_MS * 2);
    expect(run.settle("a", completed())).toEqual({ kind: "applied" });
    expect(run.step("a").status).toBe("COMPLETED");
  });

  it("keeps out the result of an attempt that was canceled with its run", () => {
    const run = new TestRun(planOf(CHAIN));
    const stale = run.tokenOf("a");
    run.cancel();
    expect(run.settle("a", completed(), stale)).toEqual({ kind: "lease_lost" });
    expect(run.run.status).toBe("CANCELED");
    expect(run.step("a").status).toBe("CANCELED");
  });

  it.each([
    ["completed", completed()],
    ["skipped", SKIPPED],
    ["failed", failed()],
  ] as const)("makes the repeat of a settle that %s change nothing", (_kind, outcome) => {
    const run = new TestRun(planOf(CHAIN));
    const token = run.tokenOf("a");
    run.settle("a", outcome);
    const { state } = run;
    expect(run.settle("a", outcome, token)).toEqual({ kind: "applied" });
    expect(run.state).toEqual(state);
    expect(run.last).toMatchObject({ events: [], begun: [] });
    expect([run.last.steps.size, run.last.messages.size]).toEqual([0, 0]);
  });

  it("does not let a repeat with another outcome rewrite what happened", () => {
    const run = new TestRun(planOf(CHAIN));
    const token = run.tokenOf("a");
    run.complete("a");
    run.settle("a", failed(), token);
    expect(run.step("a").status).toBe("COMPLETED");
  });
});
