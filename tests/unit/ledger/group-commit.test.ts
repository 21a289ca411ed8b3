import { describe, expect, it } from "vitest";
import { closedGate, settled } from "../../support/gate.ts";
import { runIdOf } from "../../support/ids.ts";
import { LedgerBench } from "../../support/ledger-bench.ts";
import { startOf } from "../../support/ledger-environment.ts";
import { CHAIN, planOf } from "../../support/plans.ts";

function createBench(): LedgerBench {
  return new LedgerBench(planOf(CHAIN));
}

describe("group commit", () => {
  it("puts requests made at the same time into one transaction", async () => {
    const { ledger, store } = createBench();
    const replies = await Promise.all([0, 1, 2].map(async (index) => ledger.start(startOf(index))));
    expect(replies.map((reply) => reply.kind)).toEqual(["started", "started", "started"]);
    expect(store.saves).toHaveLength(1);
    expect(ledger.counters).toEqual({ batches: 1, requests: 3, replays: 0 });
  });

  it("puts requests that arrive while a transaction is in flight into the next one", async () => {
    const { ledger, store } = createBench();
    const gate = closedGate();
    store.gate = gate.passed;
    const first = ledger.start(startOf(0));
    await settled();
    const others = [1, 2, 3].map(async (index) => ledger.start(startOf(index)));
    await settled();
    expect(store.loads).toHaveLength(1);
    gate.open();
    await Promise.all([first, ...others]);
    expect(store.saves.map((save) => save.created.length)).toEqual([1, 3]);
  });

  it("has one transaction in flight at a time", async () => {
    const { ledger, store } = createBench();
    const waves = [0, 1, 2, 3, 4].map(async (index) => {
      for (let turn = 0; turn < index; turn += 1) {
        await Promise.resolve();
      }
      return ledger.start(startOf(index));
    });
    await Promise.all(waves);
    expect(store.runCount).toBe(5);
    expect(store.openCountMax).toBe(1);
  });

  it("bounds the size of a transaction", async () => {
    const { ledger, store } = createBench();
    const requests = Array.from({ length: 600 }, async () =>
      ledger.apply({ type: "command", runId: runIdOf(9), command: { type: "expire" } }),
    );
    const replies = await Promise.all(requests);
    expect(new Set(replies.map((reply) => reply.kind))).toEqual(new Set(["unknown_run"]));
    expect(ledger.counters).toMatchObject({ batches: 3, requests: 600 });
    expect(store.loads).toHaveLength(3);
  });

  it("bounds the bytes of a transaction, and takes a single large request all the same", async () => {
    const { ledger, store } = createBench();
    const text = "x".repeat(3 * 1024 * 1024);
    await Promise.all([0, 1, 2].map(async (index) => ledger.start(startOf(index, { input: { text } }))));
    await ledger.start(startOf(3, { input: { text: text.repeat(2) } }));
    expect(store.saves.map((save) => save.created.length)).toEqual([1, 1, 1, 1]);
  });

  it("refuses requests when too many wait, and says to come back", async () => {
    const { ledger, store } = createBench();
    const gate = closedGate();
    store.gate = gate.passed;
    const waiting = Array.from({ length: 20_000 }, async () =>
      ledger.apply({ type: "command", runId: runIdOf(9), command: { type: "expire" } }),
    );
    await expect(ledger.start(startOf(0))).rejects.toMatchObject({ code: "shard_unavailable", retryable: true });
    gate.open();
    await Promise.all(waiting);
    expect(ledger.counters.requests).toBe(20_000);
  });

  it("leaves no transaction open, whatever a batch comes to", async () => {
    const { ledger, store } = createBench();
    await ledger.start(startOf(0));
    await ledger.apply({ type: "command", runId: runIdOf(9), command: { type: "expire" } });
    store.faults.save = () => new Error("refused");
    await ledger.start(startOf(1)).catch(() => null);
    expect(store.openCount).toBe(0);
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
