import { describe, expect, it } from "vitest";
import { runIdOf } from "../../support/ids.ts";
import { LedgerBench } from "../../support/ledger-bench.ts";
import { requestOf, startOf } from "../../support/ledger-environment.ts";
import { CHAIN, JOIN, planOf } from "../../support/plans.ts";

const RUN = runIdOf(0);

describe("room for attempts", () => {
  it("is shared by all requests of a batch, first come first served", async () => {
    const bench = new LedgerBench(planOf(JOIN));
    bench.capacity.places = 3;
    await Promise.all([0, 1, 2].map(async (index) => bench.ledger.start(startOf(index))));
    const runs = bench.capacity.commits.flatMap((commit) => commit.assignments.map((assignment) => assignment.runId));
    expect(runs).toEqual([runIdOf(0), runIdOf(0), runIdOf(1)]);
    expect(bench.statuses(runIdOf(2))).toEqual({ left: "PENDING", right: "PENDING", join: "PENDING" });
  });

  it("is asked for once a batch, with the attempts that it settles", async () => {
    const bench = new LedgerBench(planOf(JOIN));
    await bench.ledger.start(startOf(0));
    const settles = ["left", "right"].map((key) => bench.settleOf(RUN, key));
    const tokens = ["left", "right"].map((key) => bench.step(RUN, key).token);
    await Promise.all(settles.map(async (settle) => bench.ledger.apply(settle)));
    expect(bench.capacity.asked).toEqual([[], tokens]);
  });

  it("queues what it cannot hold, to be begun by its message", async () => {
    const bench = new LedgerBench(planOf(CHAIN));
    bench.capacity.places = 0;
    await bench.ledger.start(startOf(0));
    expect(bench.capacity.handedOver).toEqual([]);
    const [message] = bench.capacity.commits.at(-1)?.messages ?? [];
    expect(message).toMatchObject({ runId: RUN, target: "a" });
    bench.capacity.places = 1;
    await bench.ledger.apply(
      requestOf(RUN, { type: "wake", target: { kind: "step", stepKey: bench.step(RUN, "a").key } }),
    );
    expect(bench.capacity.handedOver).toEqual(["a"]);
  });

  it("is asked for anew for each request of a replayed batch", async () => {
    const bench = new LedgerBench(planOf(CHAIN));
    bench.store.faults.save = (request) => (request.created.length > 1 ? new Error("refused") : null);
    await Promise.all([0, 1].map(async (index) => bench.ledger.start(startOf(index))));
    expect(bench.capacity.asked).toHaveLength(3);
    expect(bench.capacity.handedOver).toEqual(["a", "a"]);
  });
});
