import { describe, expect, it } from "vitest";
import { Ledger } from "../../../src/ledger/ledger.ts";
import { LruMap } from "../../../src/ledger/lru-map.ts";
import { PlanCache, planKey } from "../../../src/ledger/plan-cache.ts";
import type { LedgerStore, PlanRef } from "../../../src/ledger/ports.ts";
import { readPlan } from "../../../src/recipe/compile.ts";
import { EARLIER_VERSION } from "../../support/earlier-version.ts";
import { nameOf, runIdOf } from "../../support/ids.ts";
import { environmentOf, startOf } from "../../support/ledger-environment.ts";
import { MemoryLedgerStore } from "../../support/memory-ledger-store.ts";
import { CHAIN, planOf } from "../../support/plans.ts";
import { RecordingCapacity } from "../../support/recording-capacity.ts";

const REF: PlanRef = { workflow: nameOf("orders"), version: 1 };

/** A store that counts the plans and runs it is asked for. */
async function countingStore(): Promise<{ readonly store: LedgerStore; readonly asked: string[] }> {
  const memory = new MemoryLedgerStore();
  memory.addWorkflow(planOf(CHAIN));
  await new Ledger(environmentOf(memory), new RecordingCapacity()).start(startOf(0));
  const asked: string[] = [];
  const store: LedgerStore = {
    open: async (request) => memory.open(request),
    renewLeases: async (leases, expiresAt) => memory.renewLeases(leases, expiresAt),
    findPlanRefs: async (runIds) => {
      asked.push(...runIds.map(() => "run"));
      return memory.findPlanRefs(runIds);
    },
    loadPlans: async (refs) => {
      asked.push(...refs.map(planKey));
      return memory.loadPlans(refs);
    },
  };
  return { store, asked };
}

describe("the cache of plans", () => {
  it("asks for a run and its plan once", async () => {
    const { store, asked } = await countingStore();
    const cache = new PlanCache(store, readPlan);
    for (let time = 0; time < 3; time += 1) {
      const plans = await cache.plansOfRuns([runIdOf(0)]);
      expect(plans.get(runIdOf(0))?.plan.workflow).toBe("orders");
    }
    expect(asked).toEqual(["run", "orders@1"]);
  });

  it("does not remember that a run or a version is unknown: it may come to be", async () => {
    const { store, asked } = await countingStore();
    const cache = new PlanCache(store, readPlan);
    for (let time = 0; time < 2; time += 1) {
      expect((await cache.plansOfRuns([runIdOf(1)])).size).toBe(0);
      expect((await cache.plans([{ ...REF, version: 2 }])).size).toBe(0);
    }
    expect(asked).toEqual(["run", "orders@2", "run", "orders@2"]);
  });

  it("does not ask for a run that it was told of", async () => {
    const { store, asked } = await countingStore();
    const cache = new PlanCache(store, readPlan);
    cache.pin(runIdOf(5), REF);
    expect((await cache.plansOfRuns([runIdOf(5)])).size).toBe(1);
    expect(asked).toEqual(["orders@1"]);
  });

  it("asks for a version once, however many runs of a batch have it", async () => {
    const { store, asked } = await countingStore();
    expect((await new PlanCache(store, readPlan).plans([REF, REF, REF])).size).toBe(1);
    expect(asked).toEqual(["orders@1"]);
  });

  it("compiles a plan of an earlier release again, once", async () => {
    const { store } = await countingStore();
    const earlier = { ...store, loadPlans: async () => [{ ...REF, ...EARLIER_VERSION }] };
    let compiled = 0;
    const cache = new PlanCache(earlier, (stored) => {
      compiled += 1;
      return readPlan(stored);
    });
    for (let time = 0; time < 2; time += 1) {
      const plans = await cache.plans([REF]);
      expect([...(plans.get(planKey(REF))?.nodes.keys() ?? [])]).toEqual(["a", "call", "free", "run:output"]);
    }
    expect(compiled).toBe(1);
  });

  it("leaves out a run whose version is gone", async () => {
    const { store } = await countingStore();
    const cache = new PlanCache(store, readPlan);
    cache.pin(runIdOf(5), { ...REF, version: 9 });
    expect((await cache.plansOfRuns([runIdOf(5)])).size).toBe(0);
  });
});

describe("a map of bounded size", () => {
  it("forgets what was used longest ago", () => {
    const map = new LruMap<string, number>(2);
    map.set("a", 1);
    map.set("b", 2);
    map.get("a");
    map.set("c", 3);
    expect(["a", "b", "c"].map((key) => map.get(key))).toEqual([1, undefined, 3]);
  });

  it("counts a value set again as used, and holds it once", () => {
    const map = new LruMap<string, number>(2);
    map.set("a", 1);
    map.set("b", 2);
    map.set("a", 10);
    map.set("c", 3);
    expect(["a", "b", "c"].map((key) => map.get(key))).toEqual([10, undefined, 3]);
  });
});
