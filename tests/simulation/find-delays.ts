import type { StepKey } from "../../src/domain/ids.ts";
import { containerOf, isItemKey, siblingOf } from "../../src/domain/path.ts";
import type { Event } from "../../src/domain/run/event.ts";
import { type LivedRun, nodeOfStep } from "./lived-run.ts";
import type { Schedule } from "./schedule.ts";

/**
 * What is due happens within this when nothing of the engine's goes wrong and there is a place, in ms: less than a lease,
 * and far less than the minute between two sweeps, which would both heal what is forgotten.
 */
const SLACK_MS = 10_000;
const PLACES_ENOUGH = 50;

/** A span of time, in epoch ms. */
interface Span {
  readonly fromMs: number;
  readonly untilMs: number;
}

/**
 * Looks for what took too long, or was lost, although nothing but the APIs of steps went wrong: the sweeper, which heals
 * what was forgotten a minute later, would hide it.
 *
 * @param runs - All runs of the shard.
 * @param schedule - What the life was made of.
 * @returns One sentence for each.
 */
export function findDelays(runs: readonly LivedRun[], { faults, setup }: Schedule): readonly string[] {
  if (faults.some(({ kind }) => kind !== "http")) {
    return [];
  }
  // With places for all, nothing has to wait; else only while the shard is at work: it claims nothing while it is full.
  const hasPlaces = Math.min(setup.concurrency, setup.callsInTurnMax) >= PLACES_ENOUGH;
  const idle = hasPlaces ? [{ fromMs: 0, untilMs: Infinity }] : idleSpans(runs);
  return runs.flatMap((one) =>
    [...lostAttempts(one), ...lateSteps(one, idle), ...lateEnd(one, idle)].map((wrong) => `run ${one.run.id} ${wrong}`),
  );
}

function lostAttempts({ events }: LivedRun): readonly string[] {
  return events.flatMap(({ data, step, seq }) =>
    data["code"] === "lease_expired" ? [`lost an attempt of ${step} at ${seq}, and nothing went wrong`] : [],
  );
}

/** Attempts and timers that were due and had to wait; not in runs that were held up. */
function lateSteps(lived: LivedRun, idle: readonly Span[]): readonly string[] {
  const { events } = lived;
  const isHeld = events.some(({ type }) => type === "RUN_PAUSED" || type === "RUN_RETRIED");
  return (isHeld ? [] : events).flatMap((event, index) => {
    const earlier = events.slice(0, index);
    const waitedMs = longestWithin({ fromMs: dueMs(event, earlier, lived), untilMs: event.at.getTime() }, idle);
    return waitedMs > SLACK_MS ? [`let ${event.step} wait for ${waitedMs} ms before event ${event.seq}`] : [];
  });
}

function lateEnd({ run }: LivedRun, idle: readonly Span[]): readonly string[] {
  const fromMs = run.deadlineAt?.getTime() ?? Infinity;
  const lateMs = longestWithin({ fromMs, untilMs: "endedAt" in run ? run.endedAt.getTime() : 0 }, idle);
  return lateMs > SLACK_MS ? [`ended ${lateMs} ms after its deadline`] : [];
}

/** When no attempt of any run was at work. */
function idleSpans(runs: readonly LivedRun[]): readonly Span[] {
  const moves = runs
    .flatMap(({ events }) => events.filter(({ step, to }) => step !== null && to !== null))
    .toSorted((left, right) => left.at.getTime() - right.at.getTime());
  const spans: Span[] = [];
  let [running, idleSinceMs] = [0, 0];
  for (const { from, to, at } of moves) {
    const before = running;
    running += (to === "RUNNING" ? 1 : 0) - (from === "RUNNING" ? 1 : 0);
    if (before === 0 && running > 0) {
      spans.push({ fromMs: idleSinceMs, untilMs: at.getTime() });
    }
    idleSinceMs = at.getTime();
  }
  return spans;
}

/** How long the longest of the spans lasts within another, in ms. */
function longestWithin({ fromMs, untilMs }: Span, spans: readonly Span[]): number {
  return Math.max(0, ...spans.map((span) => Math.min(untilMs, span.untilMs) - Math.max(fromMs, span.fromMs)));
}

/** When what an event tells of was due; infinite when it was not due by itself. */
function dueMs(event: Event, earlier: readonly Event[], lived: LivedRun): number {
  const { type, step, attempt } = event;
  if (step === null || isItemKey(step)) {
    return Infinity;
  }
  const own = earlier.findLast((one) => one.step === step);
  if (type === "STEP_COMPLETED" && own?.type === "STEP_WAITING") {
    return Math.max(instantOf(own.data["until"]), own.at.getTime());
  }
  if (type !== "STEP_STARTED") {
    return Infinity;
  }
  return attempt > 1 ? instantOf(own?.data["dueAt"]) : firstDueMs(step, earlier, lived);
}

function instantOf(value: unknown): number {
  return typeof value === "string" ? new Date(value).getTime() : Infinity;
}

/** When the last of its needs was done, or its block was opened: with the run, or after another item of its list. */
function firstDueMs(key: StepKey, earlier: readonly Event[], lived: LivedRun): number {
  const needs = nodeOfStep(lived, key).needs.map((id) => siblingOf(key, id));
  const foreach = containerOf(containerOf(key) ?? key);
  const isBefore = (other: StepKey): boolean =>
    needs.length > 0
      ? needs.includes(other)
      : other === foreach || (isItemKey(other) && containerOf(other) === foreach);
  const last = earlier.findLast(({ step, to }) => step !== null && to !== null && isBefore(step));
  return (last ?? earlier[0])?.at.getTime() ?? Infinity;
}
