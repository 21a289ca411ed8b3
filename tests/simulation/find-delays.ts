import type { Event } from "../../src/domain/run/event.ts";
import type { LivedRun } from "./lived-run.ts";
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
  // With places for all, nothing has to wait; else only while the shard is at work.
  const idle = setup.concurrency >= PLACES_ENOUGH ? [{ fromMs: 0, untilMs: Infinity }] : idleSpans(runs);
  return runs.flatMap((one) => delaysOf(one, idle).map((delay) => `run ${one.run.id} ${delay}`));
}

function delaysOf({ run, plan, events }: LivedRun, idle: readonly Span[]): readonly string[] {
  const lost = events.flatMap(({ data, step, seq }) =>
    data["code"] === "lease_expired" ? [`lost an attempt of ${step} at ${seq}, and nothing went wrong`] : [],
  );
  const isHeld = events.some(({ type }) => type === "RUN_PAUSED" || type === "RUN_RETRIED");
  const needs = new Map(plan.nodes.map((node) => [node.id, node.needs]));
  const waits = events.flatMap((event, index) => {
    if (event.type !== "STEP_STARTED" || isHeld) {
      return [];
    }
    const fromMs = dueMs(event, events.slice(0, index), needs.get(event.step) ?? []);
    const waitedMs = longestWithin({ fromMs, untilMs: event.at.getTime() }, idle);
    return waitedMs > SLACK_MS ? [`let attempt ${event.attempt} of ${event.step} wait for ${waitedMs} ms`] : [];
  });
  const deadlineMs = run.deadlineAt?.getTime() ?? Infinity;
  const lateMs = longestWithin({ fromMs: deadlineMs, untilMs: "endedAt" in run ? run.endedAt.getTime() : 0 }, idle);
  return [...lost, ...waits, ...(lateMs > SLACK_MS ? [`ended ${lateMs} ms after its deadline`] : [])];
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

/** When an attempt was due: at the end of its backoff, when its needs were done, or when the run was made. */
function dueMs({ step, attempt }: Event, earlier: readonly Event[], needs: readonly string[]): number {
  const retrying =
    attempt === 1 ? undefined : earlier.findLast(({ type, step: of }) => type === "STEP_RETRYING" && of === step);
  const dueAt = retrying?.data["dueAt"];
  if (typeof dueAt === "string") {
    return new Date(dueAt).getTime();
  }
  const done = earlier.findLast((event) => event.step !== null && needs.includes(event.step) && event.to !== null);
  return (done ?? earlier[0])?.at.getTime() ?? Infinity;
}
