import { describe, expect, it } from "vitest";
import { UnavailableError } from "../../../../src/domain/errors.ts";
import { leaseTokenOf } from "../../../../src/domain/ids.ts";
import type { Assignment } from "../../../../src/domain/run/outcome.ts";
import { OpenAttempts } from "../../../../src/shard/dispatch/attempts.ts";
import { DispatchBench } from "../../../support/dispatch-bench.ts";
import { closedGate, settled } from "../../../support/gate.ts";
import { runIdOf, stepKeyOf } from "../../../support/ids.ts";
import { requestOf, startOf } from "../../../support/ledger-environment.ts";
import { ManualClock } from "../../../support/manual-clock.ts";
import { failed } from "../../../support/outcomes.ts";
import { CHAIN, planOf } from "../../../support/plans.ts";

const RUN = runIdOf(0);

/** Neither leases nor reports bound the attempts of these tests. */
const FREE = { renewalMs: 5_000, reportsMax: () => Infinity, clock: new ManualClock(), onGrown: () => undefined };

function countRenewals(attempts: OpenAttempts, times: number): void {
  for (let time = 0; time < times; time += 1) {
    attempts.countRenewal();
  }
}

async function assignmentOf(index: number): Promise<Assignment> {
  const bench = new DispatchBench(planOf([{ id: "a" }]));
  await bench.ledger.start(startOf(index));
  const call = bench.calls[0];
  if (call === undefined) {
    throw new Error("nothing was handed over");
  }
  return { ...call.assignment, token: leaseTokenOf("attempt", index) };
}

describe("a dispatch turn", () => {
  it("is bounded in calls; the next goes on in a fresh invocation", async () => {
    const bench = new DispatchBench(planOf([{ id: "a" }]), { callsInTurnMax: 2 });
    await bench.start(5);
    expect(bench.calls).toHaveLength(2);
    await bench.settle(bench.calls[0]);
    await bench.settle(bench.calls[1]);
    expect(bench.calls).toHaveLength(2);
    expect(bench.newTurnsAsked).toBeGreaterThan(0);
    bench.dispatcher.newTurn();
    await settled();
    expect(bench.calls).toHaveLength(4);
  });

  it("has no room for more calls than it may make", async () => {
    const attempts = new OpenAttempts({ ...FREE, max: 10, callsInTurnMax: 3, execute: async () => undefined });
    expect(attempts.room([])).toBe(3);
    attempts.open(await assignmentOf(0));
    attempts.open(await assignmentOf(1));
    expect([attempts.room([]), attempts.isTurnSpent]).toEqual([1, false]);
    attempts.open(await assignmentOf(2));
    expect([attempts.room([]), attempts.isTurnSpent]).toEqual([0, true]);
    attempts.newTurn();
    expect([attempts.room([]), attempts.isTurnSpent]).toEqual([3, false]);
  });
});

describe("the places of attempts", () => {
  it("are taken while a call is open, and free once the attempt has settled or its call has ended", async () => {
    const gate = closedGate();
    const attempts = new OpenAttempts({ ...FREE, max: 2, callsInTurnMax: 100, execute: async () => gate.passed });
    const first = await assignmentOf(0);
    const second = await assignmentOf(1);
    attempts.open(first);
    attempts.open(second);
    const calls = [attempts.call(first), attempts.call(second)];
    expect([attempts.count, attempts.room([])]).toEqual([2, 0]);
    attempts.settle(first.token);
    attempts.settle(first.token);
    expect([attempts.count, attempts.room([])]).toEqual([1, 1]);
    gate.open();
    expect(await Promise.all(calls)).toEqual(["returned", "returned"]);
    expect([attempts.count, attempts.room([])]).toEqual([0, 2]);
  });

  it("that a batch settles count as free for what it begins, each once", async () => {
    const gate = closedGate();
    const attempts = new OpenAttempts({ ...FREE, max: 1, callsInTurnMax: 100, execute: async () => gate.passed });
    const assignment = await assignmentOf(0);
    attempts.open(assignment);
    const call = attempts.call(assignment);
    expect(attempts.room([assignment.token])).toBe(1);
    // A consumer that got no answer repeats its settle: both can meet in one batch.
    expect(attempts.room([assignment.token, assignment.token])).toBe(1);
    gate.open();
    expect(await call).toBe("returned");
  });

  it("are free again when an attempt loses its lease before its turn comes, and nobody is called for it", async () => {
    let callCount = 0;
    const attempts = new OpenAttempts({
      ...FREE,
      max: 1,
      callsInTurnMax: 100,
      execute: async () => {
        callCount += 1;
      },
    });
    const assignment = await assignmentOf(0);
    attempts.open(assignment);
    attempts.settle(assignment.token);
    expect(await attempts.call(assignment)).toBe("lost");
    expect([callCount, attempts.count, attempts.room([])]).toEqual([0, 0, 1]);
  });

  it("are free again when a call is lost", async () => {
    const attempts = new OpenAttempts({
      ...FREE,
      max: 1,
      callsInTurnMax: 100,
      execute: async () => Promise.reject(new Error("killed")),
    });
    const assignment = await assignmentOf(0);
    attempts.open(assignment);
    expect(await attempts.call(assignment)).toBe("lost");
    expect([attempts.count, attempts.room([])]).toEqual([0, 1]);
  });
});

describe("leases of open attempts", () => {
  it("are kept for as long as an attempt waits to be called, and from then on for its step's timeout", async () => {
    const gate = closedGate();
    const attempts = new OpenAttempts({ ...FREE, max: 1, callsInTurnMax: 100, execute: async () => gate.passed });
    const assignment = await assignmentOf(0);
    attempts.open(assignment);
    countRenewals(attempts, 1_000);
    expect(attempts.leases()).toHaveLength(1);
    const call = attempts.call(assignment);
    countRenewals(attempts, (assignment.node.timeoutMs + 30_000) / FREE.renewalMs);
    expect(attempts.leases()).toEqual([]);
    gate.open();
    expect(await call).toBe("returned");
  });

  it("are renewed three times a lease, in the rows and on the queue", async () => {
    const bench = new DispatchBench(planOf(CHAIN));
    await bench.start();
    await bench.clock.passMs(5_000);
    expect(bench.store.renewals.map((leases) => leases.length)).toEqual([1]);
    expect(bench.visibleInMs(RUN, "a")).toBe(15_000);
    await bench.clock.passMs(10_000);
    expect(bench.store.renewals).toHaveLength(3);
    expect(bench.calls).toHaveLength(1);
  });

  it("keep a slow attempt alive far beyond the length of one", async () => {
    const bench = new DispatchBench(planOf(CHAIN));
    await bench.start();
    await bench.clock.passMs(45_000);
    expect(await bench.settle(bench.calls[0])).toEqual({ kind: "applied" });
    expect(bench.handedOver).toEqual(["a", "b"]);
  });

  it("are renewed together, in one statement", async () => {
    const bench = new DispatchBench(planOf([{ id: "a" }]));
    await bench.start(4);
    await bench.clock.passMs(5_000);
    expect(bench.store.renewals.map((leases) => leases.length)).toEqual([4]);
  });

  it("are not renewed once the attempt has settled or its call was lost", async () => {
    const bench = new DispatchBench(planOf([{ id: "a" }]));
    await bench.start(2);
    await bench.settle(bench.calls[0]);
    bench.calls[1]?.end("lost");
    await settled();
    await bench.clock.passMs(10_000);
    expect(bench.store.renewals).toEqual([]);
  });

  it("that were lost free their place, and leave the message of the retry alone", async () => {
    const bench = new DispatchBench(planOf([{ id: "a" }]), { concurrency: 1 });
    await bench.start();
    // Another copy of the shard finds the lease expired while the call is open here.
    const lost = requestOf(RUN, { type: "wake", target: { kind: "step", stepKey: stepKeyOf("a") } });
    bench.store.expireLease(RUN, stepKeyOf("a"), bench.clock.now());
    await bench.ledger.apply(lost);
    await bench.clock.passMs(5_000);
    expect(bench.calls.map(({ assignment }) => assignment.attempt)).toEqual([1, 2]);
  });

  it("are not renewed for a consumer that has overrun its own deadline", async () => {
    const bench = new DispatchBench(planOf([{ id: "a", retry: { attempts: 1 } }]));
    await bench.start();
    await bench.clock.passMs(75_000);
    expect(bench.store.run(RUN)).toMatchObject({ status: "FAILED", failure: { code: "lease_expired" } });
  });

  it("that a consumer has overrun free its places, although its call never returns", async () => {
    const bench = new DispatchBench(planOf([{ id: "a" }]), { concurrency: 1, computingMax: 1 });
    await bench.start();
    await bench.clock.passMs(80_000);
    expect(bench.calls.map(({ assignment }) => assignment.attempt)).toEqual([1, 2]);
  });

  it("that the queue does not hide keep their attempt: its message is refused and put back", async () => {
    const bench = new DispatchBench(planOf(CHAIN));
    bench.queue.faults.hide = () => new UnavailableError("redis", "away");
    await bench.start();
    await bench.clock.passMs(16_000);
    expect(bench.calls).toHaveLength(1);
    expect(await bench.settle(bench.calls[0])).toEqual({ kind: "applied" });
  });

  it("of an attempt that settled meanwhile do not delay its retry", async () => {
    const bench = new DispatchBench(planOf(CHAIN));
    await bench.start();
    const call = bench.calls[0];
    const gate = closedGate();
    bench.store.gate = gate.passed;
    const settling = bench.settle(call, failed());
    await settled();
    // The renewal is due while the transaction of the settle is in flight, and waits for it.
    await bench.clock.passMs(5_000);
    gate.open();
    await settling;
    await settled();
    expect(bench.store.steps(RUN)[0]?.status).toBe("RETRYING");
    expect(bench.visibleInMs(RUN, "a")).toBeLessThanOrEqual(1_000);
  });

  it("are renewed again for attempts that begin after a quiet time", async () => {
    const bench = new DispatchBench(planOf([{ id: "a" }]));
    await bench.start();
    await bench.settle(bench.calls[0]);
    await bench.clock.passMs(60_000);
    await bench.ledger.start(startOf(1));
    await bench.clock.passMs(5_000);
    expect(bench.store.renewals).toHaveLength(1);
  });
});

describe("canceling a run", () => {
  it("takes its messages off the queue and keeps out what its consumers report", async () => {
    const bench = new DispatchBench(planOf(CHAIN));
    await bench.start();
    const cancel = { type: "cancel", actor: "key:tester", reason: null } as const;
    await bench.ledger.apply(requestOf(RUN, cancel));
    await settled();
    expect(bench.queue.messages.size).toBe(0);
    expect(await bench.settle(bench.calls[0])).toEqual({ kind: "lease_lost" });
  });
});
