import { describe, expect, it } from "vitest";
import { EMPTY_CHAIN } from "../../../src/domain/audit/chain.ts";
import { nameOf, runIdOf } from "../../support/ids.ts";
import { LedgerBench } from "../../support/ledger-bench.ts";
import { startOf } from "../../support/ledger-environment.ts";
import { CHAIN, JOIN, planOf } from "../../support/plans.ts";

const KEY = { key: "order-7", requestHash: "hash" };

describe("a start", () => {
  it("makes a run of the latest version, with all its steps", async () => {
    const bench = new LedgerBench(planOf(CHAIN));
    bench.store.addWorkflow(planOf(JOIN), 2);
    await bench.ledger.start(startOf(0));
    expect(bench.store.run(runIdOf(0))?.version).toBe(2);
    expect(bench.statuses(runIdOf(0))).toEqual({ left: "RUNNING", right: "RUNNING", join: "PENDING" });
  });

  it("can name an older version", async () => {
    const bench = new LedgerBench(planOf(CHAIN));
    bench.store.addWorkflow(planOf(JOIN), 2);
    await bench.ledger.start(startOf(0, { version: 1 }));
    expect(bench.statuses(runIdOf(0))).toEqual({ a: "RUNNING", b: "PENDING", c: "PENDING" });
  });

  it("puts its labels on top of those of the recipe", async () => {
    const { ledger, store } = new LedgerBench(planOf(CHAIN, { labels: { team: "shop", tier: "free" } }));
    const reply = await ledger.start(startOf(0, { labels: { tier: "paid" } }));
    expect(reply).toMatchObject({ kind: "started", run: { labels: { team: "shop", tier: "paid" } } });
    expect(store.row(runIdOf(0))?.labels).toEqual({ team: "shop", tier: "paid" });
  });

  it("stores the input as checked, with its defaults", async () => {
    const { ledger, store } = new LedgerBench(planOf(CHAIN), {
      checkValue: (_schema, input) => ({ ok: true, input: { asked: input, size: "M" } }),
    });
    await ledger.start(startOf(0, { input: { id: 7 } }));
    expect(store.row(runIdOf(0))?.input).toEqual({ asked: { id: 7 }, size: "M" });
  });

  it("begins the chain of its audit log", async () => {
    const { ledger, store } = new LedgerBench(planOf(CHAIN));
    await ledger.start(startOf(0));
    expect(store.events[0]?.prevHash).toBe(EMPTY_CHAIN.hash);
    expect(store.run(runIdOf(0))?.head).toEqual({ seq: 3, hash: store.events.at(-1)?.hash });
  });

  it("is refused with the reason, and nothing is written", async () => {
    const issues = [{ path: "/id", message: "is missing" }];
    const { ledger, store } = new LedgerBench(planOf(CHAIN, { inputSchema: {} }), {
      checkValue: () => ({ ok: false, issues }),
    });
    store.addWorkflow(planOf(CHAIN, { workflow: nameOf("resting") }), 1, false);
    await expect(ledger.start(startOf(0, { workflow: nameOf("nowhere") }))).resolves.toEqual({
      kind: "unknown_workflow",
    });
    await expect(ledger.start(startOf(0, { workflow: nameOf("resting") }))).resolves.toEqual({
      kind: "workflow_disabled",
    });
    await expect(ledger.start(startOf(0, { version: 9 }))).resolves.toEqual({
      kind: "unknown_version",
      latestVersion: 1,
    });
    await expect(ledger.start(startOf(0))).resolves.toEqual({ kind: "invalid_input", issues });
    expect([store.saves.length, store.openCount]).toEqual([0, 0]);
  });

  it("that is refused does not hinder the others of its batch", async () => {
    const { ledger, store } = new LedgerBench(planOf(CHAIN));
    const replies = await Promise.all([
      ledger.start(startOf(0, { version: 9 })),
      ledger.start(startOf(1)),
      ledger.start(startOf(2, { workflow: nameOf("nowhere") })),
    ]);
    expect(replies.map((reply) => reply.kind)).toEqual(["unknown_version", "started", "unknown_workflow"]);
    expect(store.runCount).toBe(1);
  });
});

describe("an idempotency key", () => {
  it("used again gives the run that it made", async () => {
    const { ledger, store } = new LedgerBench(planOf(CHAIN));
    await ledger.start(startOf(0, { idempotency: KEY }));
    const again = await ledger.start(startOf(1, { idempotency: KEY }));
    expect(again).toEqual({ kind: "replayed", runId: runIdOf(0) });
    expect(store.runCount).toBe(1);
  });

  it("used twice in the same batch makes one run", async () => {
    const { ledger, store } = new LedgerBench(planOf(CHAIN));
    const replies = await Promise.all(
      [0, 1, 2].map(async (index) => ledger.start(startOf(index, { idempotency: KEY }))),
    );
    expect(replies).toMatchObject([
      { kind: "started" },
      { kind: "replayed", runId: runIdOf(0) },
      { kind: "replayed", runId: runIdOf(0) },
    ]);
    expect([store.runCount, store.saves.length]).toEqual([1, 1]);
  });

  it("used for another request is a conflict, in the same batch and later", async () => {
    const { ledger, store } = new LedgerBench(planOf(CHAIN));
    const other = { idempotency: { ...KEY, requestHash: "other" } };
    const [, sameBatch] = await Promise.all([
      ledger.start(startOf(0, { idempotency: KEY })),
      ledger.start(startOf(1, other)),
    ]);
    const later = await ledger.start(startOf(2, other));
    expect([sameBatch, later]).toEqual([
      { kind: "idempotency_conflict", runId: runIdOf(0) },
      { kind: "idempotency_conflict", runId: runIdOf(0) },
    ]);
    expect(store.runCount).toBe(1);
  });

  it("still gives its run after the workflow was disabled", async () => {
    const { ledger, store } = new LedgerBench(planOf(CHAIN));
    await ledger.start(startOf(0, { idempotency: KEY }));
    store.addWorkflow(planOf(CHAIN), 1, false);
    await expect(ledger.start(startOf(1, { idempotency: KEY }))).resolves.toEqual({
      kind: "replayed",
      runId: runIdOf(0),
    });
  });

  it("belongs to its workflow", async () => {
    const { ledger, store } = new LedgerBench(planOf(CHAIN));
    store.addWorkflow(planOf(CHAIN, { workflow: nameOf("refunds") }));
    await Promise.all([
      ledger.start(startOf(0, { idempotency: KEY })),
      ledger.start(startOf(1, { idempotency: KEY, workflow: nameOf("refunds") })),
    ]);
    expect(store.runCount).toBe(2);
  });
});
