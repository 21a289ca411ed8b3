import type { StepKey } from "../../src/domain/ids.ts";
import { containerOf, containersOf, isItemKey, siblingOf } from "../../src/domain/path.ts";
import type { Event } from "../../src/domain/run/event.ts";
import { type LivedRun, nodeOfStep } from "./lived-run.ts";

/** A run as its log tells it, up to an event. */
interface Told {
  isEnded: boolean;
  isPaused: boolean;
  /** Items, and the run itself (""), in which a step failed for good, with that step: nothing new begins in them. */
  readonly sunkBy: Map<string, string>;
  readonly statuses: Map<string, string>;
  readonly attempts: Map<string, number>;
}

const DONE: ReadonlySet<string | undefined> = new Set(["COMPLETED", "SKIPPED", "FAILED"]);
const OVER: ReadonlySet<string | undefined> = new Set(["COMPLETED", "FAILED", "CANCELED"]);

/**
 * Looks for attempts that began when they must not: after the end, in a pause, once a step had sunk the run or the item,
 * before the needs of the step were done, or out of number.
 *
 * @param lived - The run.
 * @returns One sentence for each.
 */
export function findEarlySteps(lived: LivedRun): readonly string[] {
  const told: Told = { isEnded: false, isPaused: false, sunkBy: new Map(), statuses: new Map(), attempts: new Map() };
  return lived.events.flatMap((event) => {
    const wrongs = event.type === "STEP_STARTED" ? wrongsOfStart(event.step, event.attempt, lived, told) : [];
    tell(told, event, lived);
    return wrongs.map((wrong) => `began attempt ${event.attempt} of ${event.step} at ${event.seq}, ${wrong}`);
  });
}

function wrongsOfStart(key: StepKey, attempt: number, lived: LivedRun, told: Told): readonly string[] {
  const before = told.attempts.get(key) ?? 0;
  const scopes = [...containersOf(key), ""];
  const needs = nodeOfStep(lived, key).needs.map((id) => siblingOf(key, id));
  return [
    ...(told.isEnded ? ["after the run had ended"] : []),
    ...(told.isPaused ? ["while the run was paused"] : []),
    ...scopes.flatMap((scope) => (told.sunkBy.has(scope) ? [`after ${told.sunkBy.get(scope)} had sunk it`] : [])),
    ...scopes.flatMap((scope) => (OVER.has(told.statuses.get(scope)) ? [`after ${scope} had ended`] : [])),
    ...(attempt === before + 1 ? [] : [`after attempt ${before}`]),
    ...needs.filter((need) => !DONE.has(told.statuses.get(need))).map((need) => `before ${need} was done`),
  ];
}

const ENDED: Partial<Told> = { isEnded: true, isPaused: false };

/** What an event says of the run, whatever was before. */
const TELLS: Partial<Record<Event["type"], Partial<Told>>> = {
  RUN_COMPLETED: ENDED,
  RUN_FAILED: ENDED,
  RUN_CANCELED: ENDED,
  RUN_RETRIED: { isEnded: false },
  RUN_PAUSED: { isPaused: true },
  RUN_RESUMED: { isPaused: false },
};

function tell(told: Told, event: Event, lived: LivedRun): void {
  const { type, step, to } = event;
  Object.assign(told, TELLS[type]);
  if (type === "RUN_RETRIED") {
    told.sunkBy.clear();
  }
  if (step !== null && to !== null) {
    told.statuses.set(step, to);
    told.attempts.set(step, event.attempt);
    tellSinking(told, event, lived);
    if (to === "PENDING" || to === "RETRYING") {
      forgetItems(told, step);
    }
  }
}

/** A failure sinks what the step belongs to; unless it is tried again, which the next event says. */
function tellSinking({ sunkBy }: Told, { type, step }: Event, lived: LivedRun): void {
  if (step === null || isItemKey(step)) {
    return;
  }
  const scope = scopeOf(step);
  if (type === "STEP_FAILED" && nodeOfStep(lived, step).onError === "fail") {
    sunkBy.set(scope, sunkBy.get(scope) ?? step);
  }
  if (type === "STEP_RETRYING" && sunkBy.get(scope) === step) {
    sunkBy.delete(scope);
  }
}

/** The item that a step belongs to, or the run. */
function scopeOf(key: StepKey): string {
  const container = containerOf(key);
  return container !== null && isItemKey(container) ? container : "";
}

/** A `foreach` that begins anew makes its items anew. */
function forgetItems(told: Told, foreach: string): void {
  for (const key of [...told.statuses.keys()].filter((one) => one.startsWith(`${foreach}[`))) {
    told.statuses.delete(key);
    told.attempts.delete(key);
  }
}
