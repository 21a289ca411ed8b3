import { describe, expect, it } from "vitest";
import { LockedError } from "../../../src/domain/errors.ts";
import { settled } from "../../support/gate.ts";
import { runIdOf, stepKeyOf } from "../../support/ids.ts";
import { LedgerBench } from "../../support/ledger-bench.ts";
import { requestOf, startOf } from "../../support/ledger-environment.ts";
import { CHAIN, planOf } from "../../support/plans.ts";

const RUN = runIdOf(0);
const OTHER = runIdOf(1);
const PAUSE = { type: "pause", actor: "key:tester", reason: null } as const;

/** A ledger with two runs; waits for locks pass when the test says so. */
async function withTwoRuns(): Promise<{ readonly bench: LedgerBench; readonly passWait: () => Promise<number> }> {
  const waits: { readonly delayMs: number; readonly callback: () => void }[] = [];
  const bench = new LedgerBench(planOf(CHAIN), {
    after: (delayMs, callback) => {
      waits.push({ delayMs, callback });
    },
  });
  await Promise.all([0, 1].map(async (index) => bench.ledger.start(startOf(index))));
  return {
    bench,
    passWait: async () => {
      await settled();
      const passed = waits.splice(0);
      passed.forEach(({ callback }) => callback());
      await settled();
      return passed.reduce((longest, { delayMs }) => Math.max(longest, delayMs), 0);
    },
  };
}

describe("a run that somebody else has locked", () => {
  it("holds up neither the others of its batch nor starts", async () => {
    const { bench } = await withTwoRuns();
    bench.store.locked.add(RUN);
    const held = bench.ledger.apply(bench.settleOf(RUN, "a"));
    const replies = await Promise.all([bench.ledger.apply(bench.settleOf(OTHER, "a")), bench.ledger.start(startOf(2))]);
    expect(replies).toMatchObject([{ kind: "applied" }, { kind: "started" }]);
    expect([bench.step(RUN, "a").status, bench.step(OTHER, "a").status]).toEqual(["RUNNING", "COMPLETED"]);
    await expect(Promise.race([held, settled().then(() => "waits")])).resolves.toBe("waits");
  });

  it("takes the report of its attempt once it is free, however long that takes, and once", async () => {
    const { bench, passWait } = await withTwoRuns();
    bench.store.locked.add(RUN);
    const held = bench.ledger.apply(bench.settleOf(RUN, "a"));
    const waits: number[] = [];
    for (let count = 0; count < 12; count += 1) {
      waits.push(await passWait());
    }
    expect(Math.max(...waits)).toBeLessThanOrEqual(1_000);
    bench.store.locked.clear();
    await passWait();
    await expect(held).resolves.toEqual({ kind: "applied" });
    const done = bench.store.events.filter(({ type, runId }) => type === "STEP_COMPLETED" && runId === RUN);
    expect(done).toHaveLength(1);
  });

  it("makes an operator's command wait for some seconds, then says why it could not be done", async () => {
    const { bench, passWait } = await withTwoRuns();
    bench.store.locked.add(RUN);
    const answer = bench.ledger.apply(requestOf(RUN, PAUSE)).catch((error: unknown) => error);
    for (let waitedMs = 0, waitMs = 1; waitMs > 0 && waitedMs < 60_000; waitedMs += waitMs) {
      waitMs = await passWait();
    }
    expect(await answer).toBeInstanceOf(LockedError);
  });

  it("has the message of its step put aside, after no longer than another copy of the shard may need it", async () => {
    const { bench, passWait } = await withTwoRuns();
    bench.store.locked.add(RUN);
    const begin = requestOf(RUN, { type: "wake", target: { kind: "step", stepKey: stepKeyOf("a") } });
    const answer = bench.ledger.apply(begin).catch((error: unknown) => error);
    let waitedMs = 0;
    for (let waitMs = await passWait(); waitMs > 0; waitMs = await passWait()) {
      waitedMs += waitMs;
    }
    expect(await answer).toBeInstanceOf(LockedError);
    expect(waitedMs).toBeLessThan(500);
  });
});

describe("a lock that is met only when a batch is saved", () => {
  it("costs the others of the batch one wait, and none from then on", async () => {
    const { bench, passWait } = await withTwoRuns();
    let waitCount = 0;
    bench.store.faults.save = (request) => {
      const isLocked = request.changed.some(({ run }) => run.id === RUN);
      waitCount += isLocked ? 1 : 0;
      return isLocked ? new LockedError() : null;
    };
    const held = [bench.ledger.apply(bench.settleOf(RUN, "a")), bench.ledger.apply(requestOf(RUN, PAUSE))];
    await expect(bench.ledger.apply(bench.settleOf(OTHER, "a"))).resolves.toEqual({ kind: "applied" });
    // Once for the whole batch, once for the run that is locked.
    expect(waitCount).toBe(2);
    const next = passWait();
    await expect(bench.ledger.apply(bench.settleOf(OTHER, "b"))).resolves.toEqual({ kind: "applied" });
    await next;
    expect(waitCount).toBe(3);
    bench.store.faults.save = () => null;
    await passWait();
    await expect(Promise.all(held)).resolves.toEqual([{ kind: "applied" }, { kind: "applied" }]);
  });

  it("of a whole table is not waited for run by run, and all is done once it is free", async () => {
    const { bench, passWait } = await withTwoRuns();
    await Promise.all(Array.from({ length: 48 }, async (_, index) => bench.ledger.start(startOf(index + 2))));
    let waitCount = 0;
    bench.store.faults.save = () => {
      waitCount += 1;
      return new LockedError();
    };
    const runs = Array.from({ length: 50 }, (_, index) => runIdOf(index));
    const held = runs.map(async (runId) => bench.ledger.apply(bench.settleOf(runId, "a")));
    await settled();
    expect(waitCount).toBeLessThan(10);
    bench.store.faults.save = () => null;
    await passWait();
    expect((await Promise.all(held)).map(({ kind }) => kind)).toEqual(runs.map(() => "applied"));
  });
});
