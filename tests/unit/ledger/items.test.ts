import { describe, expect, it } from "vitest";
import type { Outcome } from "../../../src/domain/run/outcome.ts";
import { runIdOf, stepKeyOf } from "../../support/ids.ts";
import { LedgerBench } from "../../support/ledger-bench.ts";
import { requestOf, startOf } from "../../support/ledger-environment.ts";
import { FATAL, itemsOf } from "../../support/outcomes.ts";
import { FOR_DECISION, type NodeParts, planOf } from "../../support/plans.ts";

const RUN = runIdOf(0);
const EACH: readonly NodeParts[] = [{ id: "each", body: [{ id: "a" }], concurrency: 1 }, { id: "side" }];

async function started(parts: readonly NodeParts[]): Promise<LedgerBench> {
  const bench = new LedgerBench(planOf(parts));
  await bench.ledger.start(startOf(0));
  return bench;
}

describe("what the commands of one batch do to a foreach", () => {
  it("leaves no items behind when the second takes away what the first brought", async () => {
    const bench = await started(EACH);
    await bench.ledger.apply(bench.settleOf(RUN, "side", FATAL));
    const batch = [
      bench.settleOf(RUN, "each", itemsOf("old", "older")),
      requestOf(RUN, { type: "retry", actor: "key:tester", from: stepKeyOf("each") }),
    ];
    await Promise.all(batch.map(async (request) => bench.ledger.apply(request)));
    expect(bench.statuses(RUN)).toEqual({ each: "RUNNING", side: "RUNNING" });
    await bench.ledger.apply(bench.settleOf(RUN, "each", itemsOf("new")));
    expect(bench.statuses(RUN)).toMatchObject({ each: "WAITING", "each[0].a": "RUNNING" });
  });
});

describe("the input of a wait", () => {
  const input = { asked: "the boss" };
  const waiting: Outcome = {
    kind: "waiting",
    on: { kind: "signal", name: "decision", until: null, schema: null },
    input,
  };
  const signal = requestOf(RUN, {
    type: "signal",
    name: "decision",
    idempotencyKey: "key",
    payload: "yes",
    actor: "key:tester",
  });

  it.each([
    { when: "came before it", isBefore: true },
    { when: "comes in the same batch", isBefore: false },
  ])("is kept beside its output when its signal $when", async ({ isBefore }) => {
    const bench = await started([{ id: "ask", wait: FOR_DECISION }]);
    const settle = bench.settleOf(RUN, "ask", waiting);
    const batch = isBefore ? [signal, settle] : [settle, signal];
    await Promise.all(batch.map(async (request) => bench.ledger.apply(request)));
    expect(bench.store.saves.at(-1)?.payloads).toMatchObject([
      { stepKey: "ask", input, output: { payload: "yes", by: "key:tester" } },
    ]);
  });
});
