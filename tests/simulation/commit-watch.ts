import type { RunId } from "../../src/domain/ids.ts";
import { containerOf } from "../../src/domain/path.ts";
import { foreachOf, indexPlan } from "../../src/domain/plan/plan-index.ts";
import { isActive } from "../../src/domain/run/run.ts";
import {
  type ForeachStep,
  isAtWork,
  isForeach,
  isOpenItem,
  isUnfinished,
  type ItemStep,
  type Step,
} from "../../src/domain/run/step.ts";
import type { SaveRequest } from "../../src/ledger/ports.ts";
import type { MemoryDatabase } from "../support/memory-database.ts";

/**
 * Looks at the rows that a transaction left for what must hold at any time: counters agree with what they count, no more
 * items are open than may be, none opens in a `foreach` that will fail, and no step waits for a signal that is there.
 *
 * @param request - What the transaction wrote.
 * @param database - The rows after it.
 * @returns One sentence for each thing that is not as it must be.
 */
export function findWrongRows(request: SaveRequest, database: MemoryDatabase): readonly string[] {
  return request.changed.flatMap(({ run, created }) =>
    [...wrongContainers(run.id, database), ...wrongWaits(run.id, database), ...wrongOpenings(created, database)].map(
      (wrong) => `run ${run.id} ${wrong} after event ${run.head.seq}`,
    ),
  );
}

function wrongContainers(runId: RunId, database: MemoryDatabase): readonly string[] {
  const steps = database.steps(runId);
  const containers = steps.filter((step): step is ForeachStep | ItemStep => isForeach(step) || isOpenItem(step));
  if (containers.length === 0) {
    return [];
  }
  const inside = Map.groupBy(steps, ({ key }) => containerOf(key));
  return containers.flatMap((step) => {
    const held = inside.get(step.key) ?? [];
    return isForeach(step) ? wrongForeach(step, held, database) : wrongItem(step, held);
  });
}

function wrongForeach(foreach: ForeachStep, items: readonly Step[], database: MemoryDatabase): readonly string[] {
  const { opened, open, again, completed, failed } = foreach.waitingFor;
  const has = {
    opened: items.length,
    open: items.filter(isOpenItem).length,
    again: items.filter(({ status }) => status === "PENDING").length,
    completed: items.filter(({ status }) => status === "COMPLETED").length,
    failed: items.filter(({ status }) => status === "FAILED").length,
  };
  const counted = { opened, open, again, completed, failed };
  const run = database.row(foreach.runId)?.run;
  const plan = run === undefined ? undefined : database.loadPlans([run])[0]?.plan;
  const openMax = plan?.format === 2 ? foreachOf(indexPlan(plan), foreach.nodeId).concurrency : 0;
  return [
    ...(JSON.stringify(counted) === JSON.stringify(has)
      ? []
      : [`counts ${JSON.stringify(counted)} of ${foreach.key}, has ${JSON.stringify(has)}`]),
    ...(has.open > openMax ? [`has ${has.open} items of ${foreach.key} open, more than ${openMax}`] : []),
  ];
}

function wrongItem(item: ItemStep, held: readonly Step[]): readonly string[] {
  const { unfinished, atWork } = item.waitingFor;
  const has = { unfinished: held.filter(isUnfinished).length, atWork: held.filter(isAtWork).length };
  return unfinished === has.unfinished && atWork === has.atWork
    ? []
    : [`counts ${unfinished} unfinished and ${atWork} at work in ${item.key}, has ${JSON.stringify(has)}`];
}

function wrongWaits(runId: RunId, database: MemoryDatabase): readonly string[] {
  const waiting = database.mail(runId).flatMap(({ name, takenBy }) => (takenBy === null ? [name] : []));
  const run = database.row(runId)?.run;
  const steps = waiting.length === 0 || run === undefined || !isActive(run) ? [] : database.steps(runId);
  return steps.flatMap(({ key, status, waitingFor }) =>
    status === "WAITING" && waitingFor?.kind === "signal" && waiting.includes(waitingFor.name)
      ? [`has ${key} wait for ${waitingFor.name}, which is there`]
      : [],
  );
}

/** Items open in the order of the list. */
function wrongOpenings(created: readonly Step[], database: MemoryDatabase): readonly string[] {
  return created.flatMap(({ runId, key, type, position }) => {
    const foreach = type === "item" ? database.steps(runId).find((step) => step.key === containerOf(key)) : undefined;
    const isInTurn = foreach?.waitingFor?.kind !== "items" || position < foreach.waitingFor.opened;
    return isInTurn ? [] : [`opened ${key} out of turn`];
  });
}
