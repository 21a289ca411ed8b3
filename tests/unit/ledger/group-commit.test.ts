import { describe, expect, it } from "vitest";
import { closedGate, settled } from "../../support/gate.ts";
import { runIdOf } from "../../support/ids.ts";
import { LedgerBench } from "../../support/ledger-bench.ts";
import { startOf } from "../../support/ledger-environment.ts";
import { CHAIN, planOf } from "../../support/plans.ts";

function createBench(): LedgerBench {
  return new LedgerBench(planOf(CHAIN));
}

/** How many runs each commit carried, in order: what the dispatcher and the live streams see of a transaction. */
function runsInCommits({ capacity }: LedgerBench): readonly number[] {
  return capacity.commits.map(({ runs }) => runs.length);
}

const EXPIRE = { type: "command", runId: runIdOf(9), command: { type: "wake", target: { kind: "deadline" } } } as const;

describe("group commit", () => {
  it("puts requests made at the same time into one transaction", async () => {
    const bench = createBench();
    const replies = await Promise.all([0, 1, 2].map(async (index) => bench.ledger.start(startOf(index))));
    expect(replies.map((reply) => reply.kind)).toEqual(["started", "started", "started"]);
    expect(runsInCommits(bench)).toEqual([3]);
  });

  it("puts requests that arrive while a transaction is in flight into the next one", async () => {
    const bench = createBench();
    const gate = closedGate();
    bench.store.gate = gate.passed;
    const first = bench.ledger.start(startOf(0));
    await settled();
    const others = [1, 2, 3].map(async (index) => bench.ledger.start(startOf(index)));
    gate.open();
    await Promise.all([first, ...others]);
    expect(runsInCommits(bench)).toEqual([1, 3]);
  });

  it("has one transaction in flight at a time: nobody is answered before those who came earlier", async () => {
    const { ledger, store } = createBench();
    const gate = closedGate();
    store.gate = gate.passed;
    const answered: number[] = [];
    const starts: Promise<unknown>[] = [];
    for (let index = 0; index < 4; index += 1) {
      starts.push(ledger.start(startOf(index)).then(() => answered.push(index)));
      await settled();
    }
    // Whoever came later could go ahead now, were their transaction open beside the first.
    store.gate = Promise.resolve();
    await settled();
    expect(answered).toEqual([]);
    gate.open();
    await Promise.all(starts);
    expect(answered).toEqual([0, 1, 2, 3]);
  });

  it("bounds the size of a transaction", async () => {
    const { ledger } = createBench();
    const replies = await Promise.all(Array.from({ length: 600 }, async () => ledger.apply(EXPIRE)));
    expect(new Set(replies.map((reply) => reply.kind))).toEqual(new Set(["unknown_run"]));
    expect(ledger.counters).toEqual({ batches: 3, requests: 600, replays: 0 });
  });

  it("bounds the bytes of a transaction, and takes a single large request all the same", async () => {
    const bench = createBench();
    const text = "x".repeat(3 * 1024 * 1024);
    await Promise.all([0, 1, 2].map(async (index) => bench.ledger.start(startOf(index, { input: { text } }))));
    await bench.ledger.start(startOf(3, { input: { text: text.repeat(2) } }));
    expect(runsInCommits(bench)).toEqual([1, 1, 1, 1]);
  });

  it("refuses new work when too many wait, and says to come back; what waits is done", async () => {
    const { ledger, store } = createBench();
    const gate = closedGate();
    store.gate = gate.passed;
    const waiting = Array.from({ length: 20_000 }, async () => ledger.apply(EXPIRE));
    await expect(ledger.start(startOf(0))).rejects.toMatchObject({ code: "shard_unavailable", retryable: true });
    gate.open();
    expect((await Promise.all(waiting)).every((reply) => reply.kind === "unknown_run")).toBe(true);
  });

  it("gives every connection back, whatever a batch comes to", async () => {
    const { ledger, store } = createBench();
    for (let index = 0; index < 10; index += 1) {
      await ledger.apply(EXPIRE);
      store.faults.save = () => new Error("refused");
      await expect(ledger.start(startOf(index))).rejects.toThrow("refused");
      store.faults.save = () => null;
    }
    await expect(ledger.start(startOf(0))).resolves.toMatchObject({ kind: "started" });
  });
});

describe("commit effects", () => {
  it("come after the save and before the reply", async () => {
    const { ledger, store, capacity } = createBench();
    const order: string[] = [];
    store.faults.save = () => {
      order.push(`save, ${capacity.commits.length} commits`);
      return null;
    };
    await ledger.start(startOf(0));
    order.push(`reply, ${capacity.commits.length} commits`);
    expect(order).toEqual(["save, 0 commits", "reply, 1 commits"]);
    expect(capacity.handedOver).toEqual(["a"]);
  });

  it("do not come when the save fails", async () => {
    const { ledger, store, capacity } = createBench();
    store.faults.save = () => new Error("refused");
    await expect(ledger.start(startOf(0))).rejects.toThrow("refused");
    expect(capacity.commits).toEqual([]);
  });

  it("carry the events and the runs as they are now", async () => {
    const { ledger, store, capacity } = createBench();
    await ledger.start(startOf(0));
    const [commit] = capacity.commits;
    expect(commit?.events.map((event) => event.type)).toEqual(["RUN_CREATED", "RUN_STARTED", "STEP_STARTED"]);
    expect(commit?.runs).toEqual([store.run(runIdOf(0))]);
    expect(store.events).toEqual(commit?.events);
  });
});
