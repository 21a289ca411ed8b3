import type { PlanNode } from "../../src/domain/definition/plan.ts";
import type { Event } from "../../src/domain/run/event.ts";
import type { LivedRun } from "./lived-run.ts";

/** A run as its log tells it, up to an event. */
interface Told {
  isEnded: boolean;
  isPaused: boolean;
  /** A step that failed for good, so that the run will. */
  sunkBy: string | null;
  readonly statuses: Map<string, string>;
  readonly attempts: Map<string, number>;
}

const DONE: ReadonlySet<string | undefined> = new Set(["COMPLETED", "SKIPPED", "FAILED"]);

/**
 * Looks for attempts that began when they must not: after the end, in a pause, once a step had sunk the run, before the
 * needs of the step were done, or out of number.
 *
 * @param lived - The run.
 * @returns One sentence for each.
 */
export function findEarlySteps({ plan, events }: LivedRun): readonly string[] {
  const nodes = new Map(plan.nodes.map((node) => [node.id, node]));
  const told: Told = { isEnded: false, isPaused: false, sunkBy: null, statuses: new Map(), attempts: new Map() };
  return events.flatMap((event) => {
    const node = event.step === null ? undefined : nodes.get(event.step);
    const wrongs = event.type === "STEP_STARTED" && node !== undefined ? wrongsOfStart(event, node, told) : [];
    tell(told, event, node);
    return wrongs.map((wrong) => `began attempt ${event.attempt} of ${event.step} at ${event.seq}, ${wrong}`);
  });
}

function wrongsOfStart(event: Event, node: PlanNode, told: Told): readonly string[] {
  const before = told.attempts.get(node.id) ?? 0;
  return [
    ...(told.isEnded ? ["after the run had ended"] : []),
    ...(told.isPaused ? ["while the run was paused"] : []),
    ...(told.sunkBy === null ? [] : [`after ${told.sunkBy} had sunk the run`]),
    ...(event.attempt === before + 1 ? [] : [`after attempt ${before}`]),
    ...node.needs.filter((id) => !DONE.has(told.statuses.get(id))).map((id) => `before ${id} was done`),
  ];
}

const ENDED: Partial<Told> = { isEnded: true, isPaused: false };

/** What an event says of the run, whatever was before. */
const TELLS: Partial<Record<Event["type"], Partial<Told>>> = {
  RUN_COMPLETED: ENDED,
  RUN_FAILED: ENDED,
  RUN_CANCELED: ENDED,
  RUN_RETRIED: { isEnded: false, sunkBy: null },
  RUN_PAUSED: { isPaused: true },
  RUN_RESUMED: { isPaused: false },
};

function tell(told: Told, { type, step, to, attempt }: Event, node: PlanNode | undefined): void {
  Object.assign(told, TELLS[type]);
  if (step !== null && to !== null) {
    told.statuses.set(step, to);
    told.attempts.set(step, attempt ?? 0);
  }
  if (type === "STEP_FAILED" && node?.onError === "fail") {
    told.sunkBy ??= step;
  }
  if (type === "STEP_RETRYING" && told.sunkBy === step) {
    told.sunkBy = null;
  }
}
