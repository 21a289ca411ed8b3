import { describe, expect, it } from "vitest";
import { UnavailableError } from "../../../src/domain/errors.ts";
import type { SaveRequest } from "../../../src/ledger/ports.ts";
import { loadOf, saveOf } from "../../contract/ledger/rows.ts";
import { runIdOf, stepKeyOf } from "../../support/ids.ts";
import { LedgerBench } from "../../support/ledger-bench.ts";
import { requestOf, startOf } from "../../support/ledger-environment.ts";
import { CHAIN, planOf } from "../../support/plans.ts";

function touches(request: SaveRequest, index: number): boolean {
  return [...request.created, ...request.changed].some(({ run }) => run.id === runIdOf(index));
}

describe("one bad request in a batch", () => {
  it("fails alone; the others are saved", async () => {
    const { ledger, store } = new LedgerBench(planOf(CHAIN));
    store.faults.save = (request) => (touches(request, 1) ? new Error("value too long") : null);
    const results = await Promise.allSettled([0, 1, 2].map(async (index) => ledger.start(startOf(index))));
    expect(results.map((result) => result.status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect([0, 1, 2].map((index) => store.run(runIdOf(index))?.status)).toEqual(["RUNNING", undefined, "RUNNING"]);
    expect(ledger.counters.replays).toBe(1);
  });

  it("gets its own error, not that of the batch", async () => {
    const { ledger, store } = new LedgerBench(planOf(CHAIN));
    store.faults.save = (request) => {
      const isAlone = request.created.length === 1;
      return touches(request, 1) ? new Error(isAlone ? "its own" : "of the batch") : null;
    };
    const others = ledger.start(startOf(0));
    await expect(ledger.start(startOf(1))).rejects.toThrow("its own");
    await expect(others).resolves.toMatchObject({ kind: "started" });
  });

  it("hands each attempt of the others over once", async () => {
    const { ledger, store, capacity } = new LedgerBench(planOf(CHAIN));
    store.faults.save = (request) => (touches(request, 1) ? new Error("refused") : null);
    await Promise.allSettled([0, 1, 2].map(async (index) => ledger.start(startOf(index))));
    const runs = capacity.commits.flatMap((commit) => commit.assignments.map((assignment) => assignment.runId));
    expect(runs).toEqual([runIdOf(0), runIdOf(2)]);
  });

  it("can be one whose rows contradict themselves", async () => {
    const bench = new LedgerBench(planOf(CHAIN));
    const { ledger, store } = bench;
    await Promise.all([0, 1].map(async (index) => ledger.start(startOf(index))));
    const run = store.run(runIdOf(1));
    const wrong = run === undefined ? undefined : { ...run, counts: { ...run.counts, blocked: 7 } };
    const changed = wrong === undefined ? [] : [{ run: wrong, created: [], steps: [] }];
    const transaction = await store.open(loadOf({}));
    await transaction.save(saveOf({ changed }));
    const cancel = { type: "cancel", actor: "key:tester", reason: null } as const;
    const results = await Promise.allSettled(
      [0, 1].map(async (index) => ledger.apply(requestOf(runIdOf(index), cancel))),
    );
    expect(results).toMatchObject([
      { status: "fulfilled", value: { kind: "applied" } },
      { status: "rejected", reason: { code: "invariant_broken" } },
    ]);
    expect(store.openCount).toBe(0);
  });

  it("is not replayed when it is alone", async () => {
    const { ledger, store } = new LedgerBench(planOf(CHAIN));
    store.faults.save = () => new Error("refused");
    await expect(ledger.start(startOf(0))).rejects.toThrow("refused");
    expect(store.loads).toHaveLength(1);
    expect(ledger.counters.replays).toBe(0);
  });
});

describe("a database that is away", () => {
  const away = new UnavailableError("postgres", "PostgreSQL did not answer");

  it.each(["open", "save"] as const)("on %s fails the batch whole, and nothing is applied", async (method) => {
    const { ledger, store, capacity } = new LedgerBench(planOf(CHAIN));
    store.faults[method] = () => away;
    const results = await Promise.allSettled([0, 1, 2].map(async (index) => ledger.start(startOf(index))));
    expect(results).toEqual([0, 1, 2].map(() => ({ status: "rejected", reason: away })));
    expect(store.runCount).toBe(0);
    expect(capacity.commits).toEqual([]);
    expect([store.loads.length, store.openCount]).toEqual([1, 0]);
  });

  it("does not stop the ledger: the next batch is tried", async () => {
    const { ledger, store } = new LedgerBench(planOf(CHAIN));
    store.faults.open = () => away;
    await expect(ledger.start(startOf(0))).rejects.toBe(away);
    store.faults.open = () => null;
    await expect(ledger.start(startOf(0))).resolves.toMatchObject({ kind: "started" });
  });

  it("leaves a settle to be repeated: the second one is applied", async () => {
    const bench = new LedgerBench(planOf(CHAIN));
    await bench.ledger.start(startOf(0));
    const settle = bench.settleOf(runIdOf(0), "a");
    bench.store.faults.save = () => away;
    await expect(bench.ledger.apply(settle)).rejects.toBe(away);
    expect(bench.step(runIdOf(0), "a").status).toBe("RUNNING");
    bench.store.faults.save = () => null;
    await expect(bench.ledger.apply(settle)).resolves.toEqual({ kind: "applied" });
    expect(bench.step(runIdOf(0), stepKeyOf("b")).status).toBe("RUNNING");
  });
});
