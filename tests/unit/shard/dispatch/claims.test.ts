import { queryObjects } from "node:v8";
import { describe, expect, it } from "vitest";
import { DispatchBench } from "../../../support/dispatch-bench.ts";
import { closedGate, settled } from "../../../support/gate.ts";
import { runIdOf } from "../../../support/ids.ts";
import { startOf } from "../../../support/ledger-environment.ts";
import { failed } from "../../../support/outcomes.ts";
import { CHAIN, planOf } from "../../../support/plans.ts";

const RUN = runIdOf(0);

describe("the dispatch loop", () => {
  it("hands over what a start makes ready without asking the queue", async () => {
    const bench = new DispatchBench(planOf(CHAIN));
    await bench.dispatcher.wake();
    expect(bench.queue.claimLimits).toHaveLength(1);
    await bench.start();
    expect(bench.handedOver).toEqual(["a"]);
    expect(bench.queue.claimLimits).toHaveLength(1);
  });

  it("carries a run from step to step to its end", async () => {
    const bench = new DispatchBench(planOf(CHAIN));
    await bench.start();
    for (let count = 0; count < 3; count += 1) {
      await bench.settle(bench.calls.at(-1));
    }
    expect(bench.handedOver).toEqual(["a", "b", "c"]);
    expect(bench.store.run(RUN)?.status).toBe("COMPLETED");
    expect([bench.queue.messages.size, bench.dispatcher.openCount]).toEqual([0, 0]);
  });

  it("executes no more attempts than it is allowed to, and the others when there is room", async () => {
    const bench = new DispatchBench(planOf([{ id: "a" }]), { concurrency: 2 });
    await bench.start(5);
    expect(bench.calls).toHaveLength(2);
    for (let index = 0; index < 5; index += 1) {
      expect(bench.dispatcher.openCount).toBeLessThanOrEqual(2);
      await bench.settle(bench.calls[index]);
    }
    expect(bench.store.runIds.map((runId) => bench.store.run(runId)?.status)).toEqual(Array(5).fill("COMPLETED"));
  });

  it("claims only as much as there is room for", async () => {
    const bench = new DispatchBench(planOf([{ id: "a" }]), { concurrency: 3 });
    await bench.start(20);
    await bench.settle(bench.calls[0]);
    await bench.settle(bench.calls[1]);
    expect(bench.queue.claimLimits.length).toBeGreaterThan(0);
    expect(Math.max(...bench.queue.claimLimits)).toBeLessThanOrEqual(3);
  });

  it("claims nothing while there is no room", async () => {
    const bench = new DispatchBench(planOf([{ id: "a" }]), { concurrency: 1 });
    await bench.start(2);
    await bench.dispatcher.wake();
    expect(bench.queue.claimLimits).toEqual([]);
  });

  it("bounds one claim", async () => {
    const bench = new DispatchBench(planOf([{ id: "a" }]), { concurrency: 1_000 });
    await bench.start();
    await bench.clock.passMs(5_000);
    bench.queue.claimLimits.length = 0;
    await bench.dispatcher.wake();
    expect(bench.queue.claimLimits).toEqual([128]);
  });

  it("keeps nothing of the events that come while it goes on, as it may for hours", async () => {
    const bench = new DispatchBench(planOf(CHAIN));
    const { passed, open } = closedGate();
    bench.queue.gate = passed;
    await bench.start();
    const promisesBefore = queryObjects(Promise, { format: "count" });
    for (let event = 0; event < 5_000; event += 1) {
      bench.dispatcher.newTurn();
    }
    expect(queryObjects(Promise, { format: "count" }) - promisesBefore).toBeLessThan(100);
    open();
    await bench.rest();
    expect(bench.queue.claimLimits).toHaveLength(1);
  });

  it("asks to be woken when the next message becomes visible, and begins it then", async () => {
    const bench = new DispatchBench(planOf(CHAIN));
    await bench.start();
    await bench.settle(bench.calls[0], failed());
    expect(bench.wakesMs).toContain(1_000);
    await bench.clock.passMs(999);
    expect(bench.handedOver).toEqual(["a"]);
    await bench.clock.passMs(1);
    expect(bench.handedOver).toEqual(["a", "a"]);
    expect(bench.calls[1]?.assignment.attempt).toBe(2);
  });

  it("repeats an attempt whose consumer was lost, when its lease has run out", async () => {
    const bench = new DispatchBench(planOf(CHAIN));
    await bench.start();
    bench.calls[0]?.end("lost");
    await settled();
    expect(bench.warnings).toEqual(["consumer call lost; its lease will run out"]);
    expect(bench.dispatcher.openCount).toBe(0);
    await bench.clock.passMs(15_000);
    await bench.clock.passMs(1_000);
    expect(bench.calls[1]?.assignment).toMatchObject({ stepKey: "a", attempt: 2 });
  });

  it("repeats it at once when the policy says so, although its message takes time to reach the queue", async () => {
    const bench = new DispatchBench(planOf([{ id: "a", retry: { delayMs: 0 } }]));
    await bench.start();
    bench.calls[0]?.end("lost");
    await settled();
    const gate = closedGate();
    bench.queue.gate = gate.passed;
    const claimCount = bench.queue.claimLimits.length;
    await bench.clock.passMs(15_000);
    // One claim finds the lost attempt; a second one before the message of the retry is there would find nothing.
    expect(bench.queue.claimLimits).toHaveLength(claimCount + 1);
    gate.open();
    await settled();
    expect(bench.calls[1]?.assignment).toMatchObject({ stepKey: "a", attempt: 2 });
  });

  it("begins a step once when its message is delivered twice", async () => {
    const bench = new DispatchBench(planOf(CHAIN));
    await bench.start();
    bench.queue.messages.set(`${RUN}/a`, 0);
    await bench.dispatcher.wake();
    await settled();
    expect(bench.handedOver).toEqual(["a"]);
    expect(bench.visibleInMs(RUN, "a")).toBe(15_000);
  });

  it("ends a run whose deadline has passed", async () => {
    const bench = new DispatchBench(planOf(CHAIN, { timeoutMs: 5_000 }));
    await bench.start();
    await bench.clock.passMs(5_000);
    expect(bench.store.run(RUN)).toMatchObject({ status: "FAILED", failure: { code: "run_timeout" } });
    expect(bench.queue.messages.size).toBe(0);
  });

  it("begins what was queued for want of room, also when the room came free while it was being saved", async () => {
    const bench = new DispatchBench(planOf([{ id: "a" }]), { concurrency: 1 });
    await bench.dispatcher.wake();
    await bench.start();
    const gate = closedGate();
    bench.store.gate = gate.passed;
    const second = bench.ledger.start(startOf(1));
    await settled();
    bench.calls[0]?.end("lost");
    await settled();
    gate.open();
    await second;
    await settled();
    expect(bench.calls.map(({ assignment }) => assignment.runId)).toEqual([RUN, runIdOf(1)]);
  });
});

describe("a claim", () => {
  it("looks again for what was enqueued while it waited to claim", async () => {
    const bench = new DispatchBench(planOf([{ id: "a" }]), { callsInTurnMax: 1 });
    const writes = [closedGate(), closedGate()] as const;
    bench.queue.gate = writes[0].passed;
    await bench.start();
    // The turn is spent, so the step of the next run is to be queued; a fresh turn claims before it is.
    const opened = closedGate();
    bench.store.gate = opened.passed;
    const started = bench.ledger.start(startOf(1));
    await settled();
    bench.dispatcher.newTurn();
    await settled();
    opened.open();
    await started;
    bench.queue.gate = writes[1].passed;
    writes[0].open();
    await settled();
    writes[1].open();
    await settled();
    expect(bench.calls.map(({ assignment }) => assignment.runId)).toEqual([RUN, runIdOf(1)]);
  });

  it("waits until what was just enqueued is on the queue", async () => {
    const bench = new DispatchBench(planOf([{ id: "a" }]), { concurrency: 1 });
    const gate = closedGate();
    bench.queue.gate = gate.passed;
    await bench.start(2);
    await bench.settle(bench.calls[0]);
    expect(bench.queue.claimLimits).toEqual([]);
    gate.open();
    await settled();
    expect(bench.calls.map(({ assignment }) => assignment.runId)).toEqual([RUN, runIdOf(1)]);
  });
});

describe("a message that stands for nothing", () => {
  it.each(["garbage", "", "/", "run/step", `${RUN}/`, `${RUN}/a b`, `${RUN}/${"x".repeat(401)}`, `not-a-run/a`])(
    "is removed: %j",
    async (member) => {
      const bench = new DispatchBench(planOf(CHAIN));
      bench.queue.messages.set(member, 0);
      await bench.dispatcher.wake();
      await settled();
      expect(bench.queue.messages.has(member)).toBe(false);
      expect(bench.warnings).toEqual(["a message on the queue names no step; removed"]);
    },
  );

  it("is removed when its run is unknown", async () => {
    const bench = new DispatchBench(planOf(CHAIN));
    bench.queue.messages.set(`${runIdOf(9)}/a`, 0);
    await bench.dispatcher.wake();
    await settled();
    expect(bench.queue.messages.size).toBe(0);
    expect(bench.warnings).toEqual(["a message on the queue names an unknown run; removed"]);
  });

  it("is removed when its step is unknown or done", async () => {
    const bench = new DispatchBench(planOf(CHAIN));
    await bench.start();
    await bench.settle(bench.calls[0]);
    bench.queue.messages.set(`${RUN}/nowhere`, 0);
    bench.queue.messages.set(`${RUN}/a`, 0);
    await bench.dispatcher.wake();
    await settled();
    expect([...bench.queue.messages.keys()]).toEqual([`${RUN}/b`]);
  });
});
