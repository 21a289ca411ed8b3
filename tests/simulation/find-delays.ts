import type { Event } from "../../src/domain/run/event.ts";
import type { LivedRun } from "./lived-run.ts";
import type { Schedule } from "./schedule.ts";

/**
 * What is due happens within this when nothing of the engine's goes wrong and there are places enough, in ms: less than a
 * lease, and far less than the minute between two sweeps, which would both heal what is forgotten.
 */
const SLACK_MS = 10_000;
const PLACES_ENOUGH = 50;

/**
 * Looks for what took too long, or was lost, although nothing but the APIs of steps went wrong: the sweeper, which heals
 * what was forgotten a minute later, would hide it.
 *
 * @param lived - The run.
 * @param schedule - What the life was made of.
 * @returns One sentence for each.
 */
export function findDelays({ run, plan, events }: LivedRun, { faults, setup }: Schedule): readonly string[] {
  if (faults.some(({ kind }) => kind !== "http")) {
    return [];
  }
  const lost = events.flatMap(({ data, step, seq }) =>
    data["code"] === "lease_expired" ? [`lost an attempt of ${step} at ${seq}, and nothing went wrong`] : [],
  );
  if (setup.concurrency < PLACES_ENOUGH) {
    return lost;
  }
  const endedMs = "endedAt" in run ? run.endedAt.getTime() : 0;
  const lateMs = run.deadlineAt === null ? 0 : endedMs - run.deadlineAt.getTime();
  const isHeld = events.some(({ type }) => type === "RUN_PAUSED" || type === "RUN_RETRIED");
  const needs = new Map(plan.nodes.map((node) => [node.id, node.needs]));
  const waits = events.flatMap((event, index) => {
    if (event.type !== "STEP_STARTED" || isHeld) {
      return [];
    }
    const waitedMs = event.at.getTime() - dueMs(event, events.slice(0, index), needs.get(event.step) ?? []);
    return waitedMs > SLACK_MS
      ? [`began attempt ${event.attempt} of ${event.step} ${waitedMs} ms after it was due`]
      : [];
  });
  return [...lost, ...waits, ...(lateMs > SLACK_MS ? [`ended ${lateMs} ms after its deadline`] : [])];
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
