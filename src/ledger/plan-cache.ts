import type { RunId } from "../domain/ids.ts";
import { indexPlan, type PlanIndex } from "../domain/plan/plan-index.ts";
import { LruMap } from "./lru-map.ts";
import type { LedgerStore, PlanRef, ReadPlan } from "./ports.ts";

const PLANS_MAX = 500;
const RUNS_MAX = 20_000;

/** Compiled recipes by version, and versions by run. Both are immutable, so nothing is ever invalidated. */
export class PlanCache {
  readonly #store: LedgerStore;
  readonly #readPlan: ReadPlan;
  readonly #plans = new LruMap<string, PlanIndex>(PLANS_MAX);
  readonly #refs = new LruMap<RunId, PlanRef>(RUNS_MAX);

  constructor(store: LedgerStore, readPlan: ReadPlan) {
    this.#store = store;
    this.#readPlan = readPlan;
  }

  /** Remembers the version a run is pinned to. */
  pin(runId: RunId, ref: PlanRef): void {
    this.#refs.set(runId, ref);
  }

  /**
   * Gives the plans of runs; unknown runs are missing.
   *
   * @param runIds - Runs, existing or not.
   * @returns Plans by run.
   */
  async plansOfRuns(runIds: readonly RunId[]): Promise<ReadonlyMap<RunId, PlanIndex>> {
    const unknown = runIds.filter((runId) => this.#refs.get(runId) === undefined);
    if (unknown.length > 0) {
      for (const [runId, ref] of await this.#store.findPlanRefs(unknown)) {
        this.#refs.set(runId, ref);
      }
    }
    const refs = new Map<RunId, PlanRef>();
    for (const runId of runIds) {
      const ref = this.#refs.get(runId);
      if (ref !== undefined) {
        refs.set(runId, ref);
      }
    }
    const plans = await this.plans([...refs.values()]);
    const found = new Map<RunId, PlanIndex>();
    for (const [runId, ref] of refs) {
      const plan = plans.get(planKey(ref));
      if (plan !== undefined) {
        found.set(runId, plan);
      }
    }
    return found;
  }

  /**
   * Gives plans by `planKey`; unknown versions are missing.
   *
   * @param refs - Versions, existing or not.
   * @returns Plans by key.
   */
  async plans(refs: readonly PlanRef[]): Promise<ReadonlyMap<string, PlanIndex>> {
    const found = new Map<string, PlanIndex>();
    const missing = new Map<string, PlanRef>();
    for (const ref of refs) {
      const plan = this.#plans.get(planKey(ref));
      if (plan === undefined) {
        missing.set(planKey(ref), ref);
      } else {
        found.set(planKey(ref), plan);
      }
    }
    if (missing.size > 0) {
      for (const { workflow, version, ...stored } of await this.#store.loadPlans([...missing.values()])) {
        const ref = { workflow, version };
        const index = indexPlan(this.#readPlan(stored));
        this.#plans.set(planKey(ref), index);
        found.set(planKey(ref), index);
      }
    }
    return found;
  }
}

/**
 * Gives the key of a version in maps.
 *
 * @param ref - A version of a workflow.
 * @returns Text that no other version has.
 */
export function planKey(ref: PlanRef): string {
  return `${ref.workflow}@${ref.version}`;
}
