import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunId } from "../../../src/domain/ids.ts";
import type { Step } from "../../../src/domain/run/step.ts";
import { nameOf, STRANGE_TOKEN } from "../../support/ids.ts";
import { planOf } from "../../support/plans.ts";
import { describeSweeps } from "./due-contract.ts";
import { describeGathering } from "./gather-contract.ts";
import { describeItems } from "./item-contract.ts";
import { describeMail } from "./mail-contract.ts";
import { describeRows } from "./row-contract.ts";
import { at, baseOf, changeOf, eventsOf, loadOf, newRun, newRunId, runningStep, runOf, saveOf } from "./rows.ts";
import { StoreBench, type StoreUnderTest } from "./store-bench.ts";

const HOLD = { actor: "key:tester", reason: null };

/**
 * Describes what every store of the ledger promises.
 *
 * @param name - Which one.
 * @param open - Opens it, empty or with rows of others.
 */
export function describeLedgerStore(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`the ledger's rows in ${name}`, () => {
    const bench = new StoreBench(open);

    beforeAll(async () => {
      await bench.open();
    });

    afterAll(async () => {
      await bench.close();
    });

    describeRows(bench);
    describeItems(bench);
    describeGathering(bench);
    describeMail(bench);
    describeTransactions(bench);
    describeStarts(bench);
    describeSweeps(bench);
  });
}

function describeTransactions(bench: StoreBench): void {
  describe("a transaction", () => {
    it("keeps others from the runs it has locked until it is saved or given up, and waits for none", async () => {
      const runIds = [newRunId(0), newRunId(0)].toSorted();
      await bench.create(...runIds.map((runId) => newRun(runOf(runId))));
      const [first, second] = runIds as [RunId, RunId];
      const holder = await bench.subject.store.open(loadOf({ runIds: [first] }));
      const other = await bench.subject.store.open(loadOf({ runIds: [second, first, newRunId(0)] }));
      expect([...other.rows.runs.keys()]).toEqual([second]);
      expect(other.rows.lockedRuns).toEqual(new Set([first]));
      await holder.save(saveOf({ changed: [changeOf(runOf(first))] }));
      await other.rollback();
      const { runs, lockedRuns } = await bench.load({ runIds });
      expect([[...runs.keys()], lockedRuns]).toEqual([runIds, new Set()]);
    });

    it("leaves out a run that somebody beside the ledger has locked", async () => {
      const runId = newRunId(0);
      await bench.create(newRun(runOf(runId)));
      const free = await bench.subject.lockRun(runId);
      expect((await bench.load({ runIds: [runId] })).lockedRuns).toEqual(new Set([runId]));
      await free();
      expect((await bench.load({ runIds: [runId] })).lockedRuns).toEqual(new Set());
    });

    it("that is given up has written nothing", async () => {
      const runId = newRunId(0);
      const transaction = await bench.subject.store.open(loadOf({}));
      await transaction.rollback();
      expect((await bench.load({ runIds: [runId] })).runs).toEqual(new Map());
      expect(await bench.subject.readEvents(runId)).toEqual([]);
    });

    it("that is refused has written nothing, and its runs are free", async () => {
      const step = runningStep(newRunId(0), "a");
      const { runId } = step;
      const [fresh, events] = [newRunId(0), eventsOf(runId, 2)];
      await bench.save({ created: [newRun(runOf(runId), [step])], events: events.slice(0, 1) });
      const renewed = { ...step, leaseExpiresAt: at(99) };
      const changed = [changeOf(runOf(runId, { status: "PAUSED", hold: HOLD }), { steps: [renewed] })];
      // The log has its first event already.
      await expect(bench.save({ created: [newRun(runOf(fresh))], changed, events }, [runId])).rejects.toThrow(
        "duplicate",
      );
      const { runs, lockedRuns } = await bench.load({ runIds: [runId, fresh] });
      expect([runs, lockedRuns]).toEqual([new Map([[runId, runOf(runId)]]), new Set()]);
      expect(await bench.loadSteps(runId)).toEqual([step]);
      await expect(bench.create(newRun(runOf(fresh)), newRun(runOf(runId)))).rejects.toThrow("duplicate");
      expect((await bench.load({ runIds: [fresh] })).runs).toEqual(new Map());
      expect(await bench.subject.readEvents(runId)).toEqual(events.slice(0, 1));
    });

    it("appends to the log what reads the same later", async () => {
      const runId = newRunId(0);
      const events = eventsOf(runId, 3);
      await bench.save({ created: [newRun(runOf(runId))], events: events.slice(0, 2) });
      await bench.save({ changed: [changeOf(runOf(runId))], events: events.slice(2) }, [runId]);
      expect(await bench.subject.readEvents(runId)).toEqual(events);
    });
  });

  describe("a lease", () => {
    it("is renewed for the token that holds it, and for no other", async () => {
      const runId = newRunId(0);
      const [held, lost, done] = [runningStep(runId, "a"), runningStep(runId, "b"), runningStep(runId, "c")];
      const ended: Step = { ...baseOf(runId, "c"), status: "COMPLETED", token: done.token, endedAt: at(1) };
      await bench.create(newRun(runOf(runId), [held, lost, ended]));
      const leases = [held, { ...lost, token: STRANGE_TOKEN }, done, runningStep(newRunId(0), "a")];
      const refs = leases.map(({ runId: id, key: stepKey, token }) => ({ runId: id, stepKey, token }));
      expect(await bench.subject.store.renewLeases(refs, at(99))).toEqual([held.token]);
      expect(await bench.loadSteps(runId)).toEqual([{ ...held, leaseExpiresAt: at(99) }, lost, ended]);
      expect(await bench.subject.store.renewLeases([], at(99))).toEqual([]);
    });
  });
}

function describeStarts(bench: StoreBench): void {
  describe("a start", () => {
    it("finds its workflow, the latest version of it, and whether runs of it may start", async () => {
      const [on, off] = [nameOf("may-start"), nameOf("may-not-start")];
      await bench.subject.saveWorkflow(planOf([], { workflow: on }), 1, true);
      await bench.subject.saveWorkflow(planOf([], { workflow: on }), 2, true);
      await bench.subject.saveWorkflow(planOf([], { workflow: off }), 1, false);
      const { workflows } = await bench.load({ workflows: [on, off, nameOf("unknown")] });
      expect(workflows.toSorted((left, right) => (left.name < right.name ? -1 : 1))).toEqual([
        { name: off, latestVersion: 1, enabled: false },
        { name: on, latestVersion: 2, enabled: true },
      ]);
    });

    it("finds the run that an earlier one with its key made, and no second is written", async () => {
      const [runId, key] = [newRunId(0), crypto.randomUUID()];
      const seed = { idempotency: { key, requestHash: "of the request" } };
      await bench.create(newRun(runOf(runId), [], seed), newRun(runOf(newRunId(0))));
      const { workflow } = runOf(runId);
      const { earlierRuns } = await bench.load({
        idempotency: [
          { workflow, key },
          { workflow, key: "another" },
          { workflow: nameOf("another"), key },
        ],
      });
      expect(earlierRuns).toEqual([{ workflow, key, requestHash: "of the request", runId }]);
      await expect(bench.create(newRun(runOf(newRunId(0)), [], seed))).rejects.toThrow("duplicate");
      await bench.create(newRun(runOf(newRunId(0), { workflow: nameOf("another") }), [], seed));
    });

    it("finds plans by version, and the versions of runs", async () => {
      const workflow = nameOf("with-plans");
      const plans = [planOf([{ id: "a" }], { workflow }), planOf([{ id: "b" }], { workflow })];
      await bench.subject.saveWorkflow(planOf([{ id: "a" }], { workflow }), 1, true);
      await bench.subject.saveWorkflow(planOf([{ id: "b" }], { workflow }), 2, true);
      const [runId, unknown] = [newRunId(0), newRunId(0)];
      await bench.create(newRun(runOf(runId, { workflow, version: 2 })));
      // Plans are loaded while a transaction is open.
      const transaction = await bench.subject.store.open(loadOf({ runIds: [runId] }));
      const refs = await bench.subject.store.findPlanRefs([runId, unknown]);
      expect(refs).toEqual(new Map([[runId, { workflow, version: 2 }]]));
      const loaded = await bench.subject.store.loadPlans([1, 2, 3].map((version) => ({ workflow, version })));
      await transaction.rollback();
      expect(loaded.toSorted((left, right) => left.version - right.version)).toEqual([
        { workflow, version: 1, recipe: {}, plan: plans[0] },
        { workflow, version: 2, recipe: {}, plan: plans[1] },
      ]);
    });
  });
}
