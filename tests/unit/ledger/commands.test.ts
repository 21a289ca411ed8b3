import { describe, expect, it } from "vitest";
import type { Command } from "../../../src/domain/run/command.ts";
import { runIdOf, stepKeyOf } from "../../support/ids.ts";
import { LedgerBench } from "../../support/ledger-bench.ts";
import { requestOf, startOf } from "../../support/ledger-environment.ts";
import { completed, FATAL, SKIPPED } from "../../support/outcomes.ts";
import { CHAIN, JOIN, type NodeParts, planOf } from "../../support/plans.ts";

const RUN = runIdOf(0);
const CANCEL: Command = { type: "cancel", actor: "key:tester", reason: null };
const PAUSE: Command = { type: "pause", actor: "key:tester", reason: null };

async function started(parts: readonly NodeParts[] = CHAIN, input = {}): Promise<LedgerBench> {
  const bench = new LedgerBench(planOf(parts));
  await bench.ledger.start(startOf(0, { input }));
  return bench;
}

describe("a retry", () => {
  it("with the input null replaces the input by null", async () => {
    const bench = await started([{ id: "a" }], { old: 1 });
    await bench.ledger.apply(bench.settleOf(RUN, "a", FATAL));
    await bench.ledger.apply(requestOf(RUN, { type: "retry", actor: "key:tester", from: null, input: null }));
    expect(bench.store.row(RUN)?.input).toBeNull();
  });
});

describe("a command", () => {
  it("for an unknown run says so and writes nothing", async () => {
    const { ledger, store } = new LedgerBench(planOf(CHAIN));
    await expect(ledger.apply(requestOf(RUN, CANCEL))).resolves.toEqual({ kind: "unknown_run" });
    expect(store.saves).toEqual([]);
  });

  it("sees what those before it in the same batch did", async () => {
    const bench = await started();
    const settle = bench.settleOf(RUN, "a");
    const replies = await Promise.all([
      bench.ledger.apply(settle),
      bench.ledger.apply(requestOf(RUN, PAUSE)),
      bench.ledger.apply(settle),
      bench.ledger.apply(requestOf(RUN, PAUSE)),
    ]);
    expect(replies.map((reply) => reply.kind)).toEqual(["applied", "applied", "applied", "conflict"]);
    expect(bench.store.saves).toHaveLength(2);
  });

  it("begins a join once when all its needs are settled in the same batch", async () => {
    const bench = await started(JOIN);
    await Promise.all(["left", "right"].map(async (key) => bench.ledger.apply(bench.settleOf(RUN, key))));
    expect(bench.capacity.handedOver).toEqual(["left", "right", "join"]);
    expect(bench.step(RUN, "join")).toMatchObject({ status: "RUNNING", attempt: 1 });
  });

  it("that is refused writes nothing, and still puts its message right", async () => {
    const bench = await started();
    await bench.ledger.apply(requestOf(RUN, { type: "wake", target: { kind: "step", stepKey: stepKeyOf("b") } }));
    expect(bench.store.saves).toHaveLength(1);
    expect(bench.capacity.commits.at(-1)).toEqual({
      messages: [{ runId: RUN, target: "b", visibleAt: null }],
      assignments: [],
      events: [],
      runs: [],
      attemptDurationsMs: [],
    });
  });

  it("that replaces the input stores it, and others keep it", async () => {
    const bench = await started(CHAIN, { id: 1 });
    await bench.ledger.apply(bench.settleOf(RUN, "a", FATAL));
    await bench.ledger.apply(requestOf(RUN, { type: "retry", actor: "key:tester", from: null }));
    expect(bench.store.row(RUN)?.input).toEqual({ id: 1 });
    await bench.ledger.apply(bench.settleOf(RUN, "a", FATAL));
    await bench.ledger.apply(requestOf(RUN, { type: "retry", actor: "key:tester", from: null, input: { id: 2 } }));
    expect(bench.store.row(RUN)?.input).toEqual({ id: 2 });
  });

  it("for one run does not touch the others of its batch", async () => {
    const bench = await started();
    await bench.ledger.start(startOf(1));
    await Promise.all([
      bench.ledger.apply(requestOf(RUN, CANCEL)),
      bench.ledger.apply(bench.settleOf(runIdOf(1), "a")),
    ]);
    expect([bench.store.run(RUN)?.status, bench.store.run(runIdOf(1))?.status]).toEqual(["CANCELED", "RUNNING"]);
  });

  it("goes on with the audit chain where the batch before ended", async () => {
    const bench = await started([{ id: "a" }]);
    await bench.ledger.apply(bench.settleOf(RUN, "a"));
    const { events } = bench.store;
    expect(events.map((event) => event.seq)).toEqual([1, 2, 3, 4, 5]);
    expect(events.slice(1).map((event) => event.prevHash)).toEqual(events.slice(0, -1).map((event) => event.hash));
  });
});

describe("what a command loads", () => {
  it("is its step and the dependents, however large the run", async () => {
    const wide = Array.from({ length: 200 }, (_, index): NodeParts => ({ id: `s${index}` }));
    const bench = await started([...wide, { id: "after", needs: ["s7"] }]);
    await bench.ledger.apply(bench.settleOf(RUN, "s7"));
    expect(bench.store.loads.at(-1)?.rows.flatMap(({ keys }) => keys)).toEqual(["s7", "after"]);
    expect(bench.store.furtherLoads).toEqual([]);
    expect(bench.store.saves.at(-1)?.changed.flatMap((changed) => changed.steps.map((step) => step.key))).toEqual([
      "s7",
      "after",
    ]);
  });

  it("is nothing for a pause", async () => {
    const bench = await started();
    await bench.ledger.apply(requestOf(RUN, PAUSE));
    expect([bench.store.loads.at(-1)?.rows.flatMap(({ keys }) => keys), bench.store.furtherLoads]).toEqual([[], []]);
  });

  it("is all unfinished steps when the run ends before its steps do", async () => {
    const bench = await started();
    await bench.ledger.apply(bench.settleOf(RUN, "a", FATAL));
    expect(bench.store.furtherLoads).toMatchObject([{ runId: RUN, rows: { kind: "unfinished" } }]);
    expect(bench.statuses(RUN)).toEqual({ a: "FAILED", b: "CANCELED", c: "CANCELED" });
  });

  it("names each run once, however many requests are for it", async () => {
    const bench = await started();
    const begin = requestOf(RUN, { type: "wake", target: { kind: "step", stepKey: stepKeyOf("a") } });
    await Promise.all([
      bench.ledger.apply(begin),
      bench.ledger.apply(begin),
      bench.ledger.apply(requestOf(RUN, PAUSE)),
    ]);
    expect(bench.store.loads.at(-1)?.runIds).toEqual([RUN]);
  });

  it("can be for a step that the recipe does not have", async () => {
    const bench = await started();
    const reply = await bench.ledger.apply(
      requestOf(RUN, { type: "wake", target: { kind: "step", stepKey: stepKeyOf("nowhere") } }),
    );
    expect(reply).toEqual({ kind: "wake_refused", reason: "unknown_step" });
  });
});

describe("what a consumer is handed", () => {
  it("is the input and the results that the step's expressions read, as of the commit", async () => {
    const bench = await started(
      [
        { id: "ok" },
        { id: "bad", onError: "continue" },
        { id: "no" },
        {
          id: "end",
          needs: ["ok", "bad", "no"],
          reads: { input: true, steps: ["ok", "bad", "no"], errors: ["ok", "bad"] },
        },
      ],
      { id: 7 },
    );
    await bench.ledger.apply(bench.settleOf(RUN, "bad", FATAL));
    await bench.ledger.apply(bench.settleOf(RUN, "no", SKIPPED));
    await bench.ledger.apply(bench.settleOf(RUN, "ok", completed({ name: "Ada" })));
    const [assignment] = bench.capacity.commits.at(-1)?.assignments ?? [];
    expect(assignment).toMatchObject({ stepKey: "end", workflow: "orders", version: 1, attempt: 1, maxAttempts: 3 });
    expect(assignment?.token).toBe(bench.step(RUN, "end").token);
    expect(assignment?.scope).toEqual({
      item: null,
      index: null,
      input: { id: 7 },
      steps: { ok: { name: "Ada" }, bad: null, no: null },
      errors: { bad: { code: "http_404", message: "failed with http_404" } },
      run: { id: RUN, workflow: "orders", version: 1, startedAt: bench.store.run(RUN)?.startedAt?.toISOString() },
    });
  });

  it("holds nothing that the step does not read", async () => {
    const bench = await started(CHAIN, { secret: "x" });
    await bench.ledger.apply(bench.settleOf(RUN, "a", completed({ large: "y" })));
    const [assignment] = bench.capacity.commits.at(-1)?.assignments ?? [];
    expect(assignment?.scope).toMatchObject({ input: null, steps: {}, errors: {} });
    expect(bench.store.saves.at(-1)).toMatchObject({ inputsOf: [], resultsOf: [] });
  });

  it("is the input that the same batch replaced", async () => {
    const bench = await started([{ id: "a", reads: { input: true } }], { id: 1 });
    await bench.ledger.apply(bench.settleOf(RUN, "a", FATAL));
    await bench.ledger.apply(requestOf(RUN, { type: "retry", actor: "key:tester", from: null, input: { id: 2 } }));
    expect(bench.capacity.commits.at(-1)?.assignments).toMatchObject([{ scope: { input: { id: 2 } } }]);
  });

  it("is nothing when the run was canceled later in the same batch", async () => {
    const bench = await started();
    await Promise.all([bench.ledger.apply(bench.settleOf(RUN, "a")), bench.ledger.apply(requestOf(RUN, CANCEL))]);
    expect(bench.capacity.handedOver).toEqual(["a"]);
    const messages = bench.capacity.commits.at(-1)?.messages ?? [];
    expect(messages.map(({ visibleAt }) => visibleAt)).toEqual([null, null, null]);
  });
});
