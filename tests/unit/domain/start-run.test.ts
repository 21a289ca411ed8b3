import { describe, expect, it } from "vitest";
import { startRun } from "../../../src/domain/run/start-run.ts";
import { runIdOf } from "../../support/ids.ts";
import { CHAIN, JOIN, planOf } from "../../support/plans.ts";
import { LEASE_MS, TestRun } from "../../support/test-run.ts";

describe("starting a run", () => {
  it("begins at once what needs nothing, as far as there is room", () => {
    const run = new TestRun(planOf(JOIN));
    expect(run.run.status).toBe("RUNNING");
    expect(run.statuses).toEqual({ left: "RUNNING", right: "RUNNING", join: "PENDING" });
    expect(run.last.begun.map((step) => step.key)).toEqual(["left", "right"]);
  });

  it("puts attempts on the queue already claimed, until their lease ends", () => {
    const run = new TestRun(planOf(JOIN));
    expect([run.visibleInMs("left"), run.visibleInMs("right"), run.visibleInMs("join")]).toEqual([
      LEASE_MS,
      LEASE_MS,
      undefined,
    ]);
  });

  it("queues what there is no room for", () => {
    const run = new TestRun(planOf(JOIN), { room: 1 });
    expect(run.statuses).toEqual({ left: "RUNNING", right: "PENDING", join: "PENDING" });
    expect(run.visibleInMs("right")).toBe(0);
  });

  it("stays PENDING when there is no room at all, and has not started", () => {
    const run = new TestRun(planOf(CHAIN), { room: 0 });
    expect(run.run).toMatchObject({ status: "PENDING", startedAt: null });
    expect(run.last.begun).toEqual([]);
    expect(run.eventTypes()).toEqual(["RUN_CREATED"]);
  });

  it("starts when its first attempt begins", () => {
    const run = new TestRun(planOf(CHAIN), { room: 0 });
    run.room = 1;
    run.passMs(500);
    run.begin("a");
    expect(run.run).toMatchObject({ status: "RUNNING", startedAt: run.now });
    expect(run.eventTypes(1)).toEqual(["RUN_STARTED", "STEP_STARTED a"]);
  });

  it("gives each attempt a token of its own", () => {
    const run = new TestRun(planOf(JOIN));
    expect(run.tokenOf("left")).not.toBe(run.tokenOf("right"));
  });

  it("queues the deadline of a recipe that has a timeout", () => {
    const run = new TestRun(planOf(CHAIN, { timeoutMs: 60_000 }));
    expect(run.visibleInMs("run:deadline")).toBe(60_000);
    expect(run.run.deadlineAt?.getTime()).toBe(run.now.getTime() + 60_000);
  });

  it("queues no deadline for a recipe that has none", () => {
    const run = new TestRun(planOf(CHAIN));
    expect(run.visibleInMs("run:deadline")).toBeUndefined();
    expect(run.run.deadlineAt).toBeNull();
  });

  it("records who started it, of what, and what it repeats", () => {
    const run = new TestRun(planOf(CHAIN));
    const seed = {
      id: runIdOf(2),
      input: {},
      labels: {},
      version: 4,
      rerunOf: runIdOf(1),
      idempotency: { key: "order-7", requestHash: "x" },
    };
    const [created] = startRun(seed, "key:shop", run.context()).events;
    expect(created).toMatchObject({
      type: "RUN_CREATED",
      actor: "key:shop",
      from: null,
      to: "PENDING",
      data: { workflow: "orders", version: 4, rerunOf: runIdOf(1), idempotencyKey: "order-7" },
    });
  });

  it("counts its steps by state", () => {
    const run = new TestRun(planOf(JOIN), { room: 1 });
    expect(run.run.counts).toMatchObject({ blocked: 1, ready: 1, running: 1, completed: 0, attempts: 1 });
  });
});
