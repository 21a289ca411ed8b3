import { describe, expect, it } from "vitest";
import { runIdOf } from "../../support/ids.ts";
import { LedgerBench } from "../../support/ledger-bench.ts";
import { requestOf, startOf } from "../../support/ledger-environment.ts";
import { completed, FATAL, itemsOf } from "../../support/outcomes.ts";
import { planOf } from "../../support/plans.ts";

const RUN = runIdOf(0);
const BY = { actor: "key:tester", reason: null };
const BODY = [{ id: "a" }, { id: "b", needs: ["a"] }];

/** Two items of a retried run are open, at `b`; others wait for their turn, their `a` is done. */
async function retried(tolerated: number): Promise<LedgerBench> {
  const bench = new LedgerBench(planOf([{ id: "each", body: BODY, concurrency: 2, tolerate: { count: tolerated } }]));
  await bench.ledger.start(startOf(0));
  const count = tolerated + 2;
  await bench.ledger.apply(bench.settleOf(RUN, "each", itemsOf(...Array.from({ length: count }, (_, index) => index))));
  await bench.ledger.apply(bench.settleOf(RUN, "each[0].a"));
  for (let index = 1; index < count; index += 1) {
    await bench.ledger.apply(bench.settleOf(RUN, `each[${index}].a`));
    await bench.ledger.apply(bench.settleOf(RUN, `each[${index - 1}].b`, FATAL));
  }
  await bench.ledger.apply(bench.settleOf(RUN, `each[${count - 1}].b`, FATAL));
  expect(bench.store.run(RUN)?.status).toBe("FAILED");
  await bench.ledger.apply(requestOf(RUN, { type: "retry", actor: "key:tester", from: null }));
  expect(bench.statuses(RUN)).toMatchObject({ "each[1].b": "RUNNING", "each[2]": "PENDING", "each[2].a": "COMPLETED" });
  return bench;
}

describe("an item that waits for its turn after a retry, when some of its steps are done", () => {
  it("is opened when another item fails", async () => {
    const bench = await retried(1);
    await bench.ledger.apply(bench.settleOf(RUN, "each[0].b", FATAL));
    expect(bench.statuses(RUN)).toMatchObject({ "each[0]": "FAILED", "each[2].b": "RUNNING" });
  });

  it.each([1, 2])("is opened at the end of a pause in which %i others ended", async (ended) => {
    const bench = await retried(2);
    await bench.ledger.apply(requestOf(RUN, { type: "pause", ...BY }));
    for (let index = 0; index < ended; index += 1) {
      await bench.ledger.apply(bench.settleOf(RUN, `each[${index}].b`));
    }
    await bench.ledger.apply(requestOf(RUN, { type: "resume", actor: "key:tester" }));
    expect(bench.statuses(RUN)).toMatchObject({ "each[2].b": "RUNNING" });
  });

  it("is opened with the one after it when two others end in one batch, which is not replayed", async () => {
    const bench = await retried(2);
    const settles = [0, 1].map((index) => bench.settleOf(RUN, `each[${index}].b`, completed()));
    await Promise.all(settles.map(async (settle) => bench.ledger.apply(settle)));
    expect(bench.statuses(RUN)).toMatchObject({ "each[2].b": "RUNNING", "each[3].b": "RUNNING" });
    expect(bench.ledger.counters.replays).toBe(0);
  });
});
