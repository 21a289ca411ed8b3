import { parsePath } from "../../src/domain/path.ts";
import { type PlanIndex, indexPlan, nodeOf } from "../../src/domain/plan/plan-index.ts";
import type { PlanNode } from "../../src/domain/plan/plan.ts";
import type { Event } from "../../src/domain/run/event.ts";
import { isActive, type Run } from "../../src/domain/run/run.ts";
import { dueAtOf, type Step } from "../../src/domain/run/step.ts";
import type { RunMail } from "../../src/ledger/ports.ts";
import type { Outside } from "./outside.ts";

/** A run with all that is kept of it when all has come to rest. */
export interface LivedRun {
  readonly run: Run;
  readonly plan: PlanIndex;
  readonly steps: readonly Step[];
  readonly events: readonly Event[];
  /** The signals it got, oldest first. */
  readonly mail: readonly RunMail[];
}

/**
 * Gathers all runs.
 *
 * @param outside - Where they are stored.
 * @returns The runs, in the order in which they were made.
 */
export function gatherRuns({ database }: Outside): readonly LivedRun[] {
  const events = Map.groupBy(database.events, ({ runId }) => runId);
  return database.runIds.flatMap((runId): LivedRun[] => {
    const run = database.row(runId)?.run;
    const plan = database.loadPlans(run === undefined ? [] : [run])[0]?.plan;
    if (run === undefined || plan?.format !== 2) {
      throw new Error(`run ${runId} has no plan`);
    }
    const [steps, mail] = [database.steps(runId), database.mail(runId)];
    return [{ run, plan: indexPlan(plan), steps, events: events.get(runId) ?? [], mail }];
  });
}

/**
 * Finds the node of a step.
 *
 * @param lived - The step's run.
 * @param key - The step's key; of an item, the node is that of its `foreach`.
 * @returns The node.
 */
export function nodeOfStep({ plan }: Pick<LivedRun, "plan">, key: string): PlanNode {
  return nodeOf(plan, parsePath(key)?.nodeId ?? key);
}

/**
 * Tells whether nothing will happen in a run by itself: it has ended, an operator holds it, or it waits for a signal and
 * for nothing else.
 *
 * @param run - The run.
 * @param steps - Its steps.
 * @returns Whether the next thing comes from outside.
 */
export function isAtRest(run: Run, steps: readonly Step[]): boolean {
  if (!isActive(run)) {
    return true;
  }
  const { running, ready, retrying } = run.counts;
  if (run.deadlineAt !== null || running > 0) {
    return false;
  }
  // What is held begins nothing, but its timers fire.
  const isQuiet = run.hold !== null || ready + retrying === 0;
  const waits = steps.filter(({ status }) => status === "WAITING");
  const hasSignal = waits.some(({ waitingFor }) => waitingFor?.kind === "signal");
  return isQuiet && waits.every((step) => dueAtOf(step) === null) && (run.hold !== null || hasSignal);
}
