import { describe, expect, it } from "vitest";
import { DispatchBench } from "../../../support/dispatch-bench.ts";
import { closedGate, settled } from "../../../support/gate.ts";
import { startOf } from "../../../support/ledger-environment.ts";
import { completed } from "../../../support/outcomes.ts";
import { planOf } from "../../../support/plans.ts";

const MIB = 1024 * 1024;
const LARGE = completed("x".repeat(MIB));

describe("reports that are larger than a shard can hold at once", () => {
  it("wait in line instead of being refused, and keep their leases, while new starts are refused", async () => {
    const bench = new DispatchBench(planOf([{ id: "a" }]));
    await bench.start(100);
    await bench.clock.passMs(2_000);
    bench.store.renewals.length = 0;
    const gate = closedGate();
    bench.store.gate = gate.passed;
    const reports = Promise.all(bench.calls.map(async (call) => bench.settle(call, LARGE)));
    await settled();
    await expect(bench.ledger.start(startOf(100))).rejects.toMatchObject({ code: "shard_unavailable" });
    gate.open();
    expect((await reports).map((reply) => reply?.kind)).toEqual(Array(100).fill("applied"));
    expect(bench.store.renewals).toEqual([]);
  });

  it("are reckoned with before any is known: a shard that has just woken begins more attempts step by step", async () => {
    const bench = new DispatchBench(planOf([{ id: "a" }]), { concurrency: 200 });
    await bench.start(200);
    expect(bench.calls).toHaveLength(32);
    // Calls that take long hold nothing yet: within seconds all are under way.
    await bench.clock.passMs(2_000);
    expect(bench.calls).toHaveLength(200);
  });

  it("that turn out small let a shard begin as many attempts as it may, at once", async () => {
    const bench = new DispatchBench(planOf([{ id: "a" }]), { concurrency: 200 });
    await bench.start(250);
    for (let done = 0; done < 4; done += 1) {
      await bench.settle(bench.calls[done]);
    }
    expect(bench.calls.length - 4).toBe(200);
  });

  it("bound how many attempts are begun: no more than the line has room for, and all in the end", async () => {
    const bench = new DispatchBench(planOf([{ id: "a" }]), { concurrency: 10 });
    await bench.start(200);
    let openMax = 0;
    let done = 0;
    for (; done < 40; done += 1) {
      await bench.settle(bench.calls[done], completed("x".repeat(8 * MIB)));
      openMax = Math.max(openMax, done < 10 ? 0 : bench.calls.length - done - 1);
    }
    // The line holds 48 MiB: room for 5 reports of 8 MiB and a bit.
    expect(openMax).toBeLessThanOrEqual(5);
    for (; done < bench.calls.length; done += 1) {
      await bench.settle(bench.calls[done]);
    }
    expect(bench.store.runIds.map((runId) => bench.store.run(runId)?.status)).toEqual(Array(200).fill("COMPLETED"));
  });

  it("or inputs that large, of which each attempt gets a copy, bound how many are begun as well", async () => {
    const bench = new DispatchBench(planOf([{ id: "a", reads: { input: true } }]), { concurrency: 100 });
    const input = { text: "x".repeat(8 * MIB) };
    for (let index = 0; index < 50; index += 1) {
      await bench.ledger.start(startOf(index, { input }));
    }
    await bench.clock.passMs(5_000);
    expect(bench.calls.length).toBeLessThanOrEqual(6);
    for (let done = 0; done < bench.calls.length; done += 1) {
      await bench.settle(bench.calls[done]);
    }
    expect(bench.calls).toHaveLength(50);
  });

  it("are forgotten after small ones: there is room for as many attempts as before", async () => {
    const bench = new DispatchBench(planOf([{ id: "a" }]), { concurrency: 100 });
    await bench.start(250);
    await bench.settle(bench.calls[0], completed("x".repeat(8 * MIB)));
    for (let done = 1; done < 120; done += 1) {
      await bench.settle(bench.calls[done]);
    }
    expect(bench.calls.length - 120).toBe(100);
  });
});
