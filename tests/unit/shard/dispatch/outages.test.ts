import { describe, expect, it } from "vitest";
import { UnavailableError } from "../../../../src/domain/errors.ts";
import { DispatchBench } from "../../../support/dispatch-bench.ts";
import { settled } from "../../../support/gate.ts";
import { runIdOf } from "../../../support/ids.ts";
import { CHAIN, planOf } from "../../../support/plans.ts";

const RUN = runIdOf(0);
const REDIS_AWAY = new UnavailableError("redis", "Redis did not take a command");
const POSTGRES_AWAY = new UnavailableError("postgres", "PostgreSQL did not answer");

/** Puts messages of runs that wait for room on the queue, due now. */
async function withBacklog(count: number): Promise<DispatchBench> {
  const bench = new DispatchBench(planOf([{ id: "a" }]), { concurrency: 300, callsInTurnMax: 1 });
  await bench.start(count + 1);
  await bench.settle(bench.calls[0]);
  return bench;
}

describe("a queue that was lost", () => {
  it("is filled again from the rows, and everything goes on", async () => {
    const bench = new DispatchBench(planOf([{ id: "a" }]), { concurrency: 1 });
    await bench.start(3);
    await settled();
    bench.queue.flush();
    for (let index = 0; index < 3; index += 1) {
      await bench.settle(bench.calls[index]);
    }
    expect(bench.store.runIds.map((runId) => bench.store.run(runId)?.status)).toEqual(Array(3).fill("COMPLETED"));
    expect(bench.warnings).toContain("the queue was lost; filling it from PostgreSQL");
  });

  it("is filled again once", async () => {
    const bench = new DispatchBench(planOf(CHAIN));
    bench.queue.flush();
    await bench.dispatcher.wake();
    await bench.dispatcher.wake();
    expect(bench.warnings).toEqual(["the queue was lost; filling it from PostgreSQL"]);
  });

  it("does not cost an attempt whose consumer is at work", async () => {
    const bench = new DispatchBench(planOf(CHAIN));
    await bench.start();
    bench.queue.flush();
    await bench.dispatcher.wake();
    await settled();
    expect(bench.visibleInMs(RUN, "a")).toBe(15_000);
    await bench.settle(bench.calls[0]);
    expect(bench.handedOver).toEqual(["a", "b"]);
  });
});

describe("a sweep", () => {
  it("puts back what the queue does not have, and begins it", async () => {
    const bench = new DispatchBench(planOf([{ id: "a" }]), { concurrency: 1 });
    await bench.start(2);
    bench.queue.messages.clear();
    bench.calls[0]?.end("lost");
    await settled();
    await bench.dispatcher.sweep();
    await settled();
    expect(bench.calls[1]?.assignment.runId).toBe(runIdOf(1));
    expect(bench.visibleInMs(RUN, "a")).toBe(15_000);
  });

  it("leaves messages that are there as they are", async () => {
    const bench = new DispatchBench(planOf(CHAIN));
    await bench.start();
    bench.queue.messages.set(`${RUN}/a`, bench.clock.now().getTime() + 7);
    await bench.dispatcher.sweep();
    expect(bench.visibleInMs(RUN, "a")).toBe(7);
  });
});

describe("a queue that cannot be reached", () => {
  it("makes the dispatch loop back off, longer each time, up to a bound", async () => {
    const bench = new DispatchBench(planOf(CHAIN));
    bench.queue.faults.claim = () => REDIS_AWAY;
    await bench.dispatcher.wake();
    for (let time = 0; time < 9; time += 1) {
      await bench.clock.passMs(bench.wakesMs.at(-1) ?? 0);
    }
    expect(bench.wakesMs).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000, 15_000]);
  });

  it("is not asked while the dispatch loop backs off", async () => {
    const bench = new DispatchBench(planOf(CHAIN));
    bench.queue.faults.claim = () => REDIS_AWAY;
    await bench.dispatcher.wake();
    await bench.dispatcher.wake();
    await bench.clock.passMs(249);
    await bench.dispatcher.wake();
    expect(bench.queue.claimLimits).toHaveLength(1);
    await bench.clock.passMs(1);
    expect(bench.queue.claimLimits).toHaveLength(2);
  });

  it("is found again, and the next outage begins with a short wait", async () => {
    const bench = new DispatchBench(planOf(CHAIN));
    bench.queue.faults.claim = () => REDIS_AWAY;
    await bench.dispatcher.wake();
    await bench.clock.passMs(250);
    bench.queue.faults.claim = () => null;
    await bench.clock.passMs(500);
    bench.queue.faults.claim = () => REDIS_AWAY;
    await bench.dispatcher.wake();
    expect(bench.wakesMs.at(-1)).toBe(250);
  });

  it("gets what it missed once it is back, and what is due by then begins at once", async () => {
    const bench = new DispatchBench(planOf([{ id: "a" }]), { concurrency: 1 });
    bench.queue.faults.write = () => REDIS_AWAY;
    await bench.start(2);
    await bench.settle(bench.calls[0]);
    expect(bench.queue.messages.size).toBe(0);
    bench.queue.faults.write = () => null;
    await bench.clock.passMs(1_000);
    expect(bench.calls[1]?.assignment.runId).toBe(runIdOf(1));
  });

  it("does not stop starts and hand-over", async () => {
    const bench = new DispatchBench(planOf(CHAIN));
    bench.queue.faults.claim = () => REDIS_AWAY;
    bench.queue.faults.write = () => REDIS_AWAY;
    await bench.start();
    for (let count = 0; count < 3; count += 1) {
      await bench.settle(bench.calls.at(-1));
    }
    expect(bench.store.run(RUN)?.status).toBe("COMPLETED");
  });
});

describe("a sweep that is asked for", () => {
  it("while one is under way asks PostgreSQL and Redis nothing more", async () => {
    const bench = new DispatchBench(planOf(CHAIN));
    let restoreCount = 0;
    bench.queue.faults.restore = () => {
      restoreCount += 1;
      return null;
    };
    await Promise.all([bench.dispatcher.sweep(), bench.dispatcher.sweep()]);
    expect(restoreCount).toBe(1);
    await bench.dispatcher.sweep();
    expect(restoreCount).toBe(2);
  });
});

describe("a message that the database refuses", () => {
  it("is put aside for a minute: it neither loops nor holds up the others", async () => {
    const bench = await withBacklog(1);
    bench.store.faults.open = () => new Error("a row that cannot be read");
    bench.dispatcher.newTurn();
    await settled();
    expect(bench.visibleInMs(runIdOf(1), "a")).toBe(60_000);
    expect(bench.warnings).not.toContain("dispatch backs off");
    bench.store.faults.open = () => null;
    await bench.clock.passMs(60_000);
    await bench.dispatcher.wake();
    await settled();
    expect(bench.calls[1]?.assignment.runId).toBe(runIdOf(1));
  });
});

describe("a database that is away", () => {
  it("hides claimed messages no longer than it is left alone, and then they are begun", async () => {
    const bench = await withBacklog(1);
    bench.store.faults.open = () => POSTGRES_AWAY;
    bench.dispatcher.newTurn();
    await settled();
    expect(bench.warnings).toContain("begin failed");
    expect(bench.visibleInMs(runIdOf(1), "a")).toBe(250);
    await bench.clock.passMs(250);
    expect(bench.visibleInMs(runIdOf(1), "a")).toBe(500);
    bench.store.faults.open = () => null;
    await bench.clock.passMs(500);
    expect(bench.calls[1]?.assignment.runId).toBe(runIdOf(1));
  });

  it("is not asked for message after message: the dispatch loop backs off after the first claim", async () => {
    const bench = await withBacklog(5);
    bench.store.faults.open = () => POSTGRES_AWAY;
    bench.queue.claimLimits.length = 0;
    bench.dispatcher.newTurn();
    await settled();
    expect(bench.queue.claimLimits).toHaveLength(1);
  });

  it("makes the dispatch loop back off longer each time", async () => {
    const bench = await withBacklog(1);
    bench.store.faults.open = () => POSTGRES_AWAY;
    const waits: number[] = [];
    bench.dispatcher.newTurn();
    await settled();
    for (let time = 0; time < 4; time += 1) {
      const waitMs = bench.wakesMs.at(-1) ?? 0;
      bench.queue.messages.set(`${runIdOf(1)}/a`, 0);
      waits.push(waitMs);
      await bench.clock.passMs(waitMs);
    }
    expect(waits).toEqual([250, 500, 1_000, 2_000]);
  });
});

describe("a database that is away for longer than a lease", () => {
  it("costs no attempt that is at work: its lease is renewed before anybody can take it", async () => {
    const bench = new DispatchBench(planOf(CHAIN));
    await bench.start();
    setAway(bench, true);
    await bench.clock.passMs(40_000);
    setAway(bench, false);
    await bench.dispatcher.sweep();
    await bench.clock.passMs(4_000);
    expect(await bench.settle(bench.calls[0])).toEqual({ kind: "applied" });
    expect(bench.calls.map(({ assignment }) => assignment.attempt)).toEqual([1, 1]);
  });

  it("costs no attempt that is done, long past the step's timeout: its consumer waits to report", async () => {
    const bench = new DispatchBench(planOf([{ id: "a", retry: { attempts: 1 } }]));
    await bench.start();
    setAway(bench, true);
    await expect(bench.settle(bench.calls[0])).rejects.toBe(POSTGRES_AWAY);
    await bench.clock.passMs(300_000);
    setAway(bench, false);
    await bench.dispatcher.sweep();
    await bench.clock.passMs(4_000);
    expect(await bench.settle(bench.calls[0])).toEqual({ kind: "applied" });
    expect(bench.store.run(RUN)?.status).toBe("COMPLETED");
  });
});

function setAway(bench: DispatchBench, isAway: boolean): void {
  bench.store.faults.open = () => (isAway ? POSTGRES_AWAY : null);
  bench.store.faults.renew = () => (isAway ? POSTGRES_AWAY : null);
}
