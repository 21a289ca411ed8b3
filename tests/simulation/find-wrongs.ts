import type { Plan } from "../../src/domain/definition/plan.ts";
import type { RunId } from "../../src/domain/ids.ts";
import type { Event } from "../../src/domain/run/event.ts";
import { isActive } from "../../src/domain/run/run.ts";
import type { Step } from "../../src/domain/run/step.ts";
import { findContradictions, findFaults } from "../stack/run-faults.ts";
import type { StoredRun } from "../stack/stored-run.ts";
import type { Acknowledged } from "./clients.ts";
import { findDelays } from "./find-delays.ts";
import { findEarlySteps } from "./find-early-steps.ts";
import { findWrongOutcomes, findWrongOutputs } from "./find-wrong-outputs.ts";
import type { LivedRun } from "./lived-run.ts";
import type { Outside } from "./outside.ts";
import type { Schedule } from "./schedule.ts";

/**
 * Looks for what must not be when all has come to rest.
 *
 * @param outside - Rows, queue and calls as they are then.
 * @param schedule - What the life was made of.
 * @param acknowledged - What clients were told.
 * @returns One sentence for each wrong; none when all is well.
 */
export function findWrongs(
  outside: Outside,
  schedule: Schedule,
  acknowledged: readonly Acknowledged[],
): readonly string[] {
  const { database, queue, recorder, surprises } = outside;
  const events = Map.groupBy(database.events, ({ runId }) => runId);
  const lived = database.runIds.flatMap((runId): LivedRun[] => {
    const run = database.row(runId)?.run;
    const plan = database.loadPlans(run === undefined ? [] : [run])[0]?.plan;
    return run === undefined || plan === undefined
      ? []
      : [{ run, plan, steps: database.steps(runId), events: events.get(runId) ?? [] }];
  });
  return [
    ...surprises,
    ...lived.flatMap((one) => (isActive(one.run) ? findContradictions(storedOf(one)) : findFaults(storedOf(one)))),
    ...lived.flatMap((one) => findEarlySteps(one).map((wrong) => `run ${one.run.id} ${wrong}`)),
    ...lived.flatMap((one) => findWrongOutcomes(one, outside).map((wrong) => `run ${one.run.id} ${wrong}`)),
    ...lived.flatMap((one) => findWrongOutputs(one, outside).map((wrong) => `run ${one.run.id} ${wrong}`)),
    ...lived.flatMap((one) => findWrongEnd(one).map((wrong) => `run ${one.run.id} ${wrong}`)),
    ...findDelays(lived, schedule),
    ...recorder.handedTwice.map((attempt) => `attempt ${attempt} was handed to two consumers`),
    ...findStrayCalls(lived, outside),
    ...findForgotten(lived, acknowledged),
    ...[...queue.messages.keys()].map((member) => `the message ${member} is left on the queue`),
    ...(database.openCount === 0 ? [] : [`${database.openCount} transactions were never ended`]),
  ];
}

function storedOf({ run, steps, events }: LivedRun): StoredRun {
  const rows = steps.map((step) => ({
    run_id: step.runId,
    key: step.key,
    type: step.type,
    status: step.status,
    attempt: step.attempt,
    pending_needs: step.status === "PENDING" ? step.pendingNeeds : 0,
  }));
  return { run, steps: rows, events };
}

/** A run ends as its steps did; one that has not ended is held by an operator. */
function findWrongEnd({ run, plan, steps }: LivedRun): readonly string[] {
  if (isActive(run)) {
    const isHeld = run.status === "PAUSED" && run.counts.running === 0;
    const states = steps.map((step) => `${step.key} ${step.status}`).join(", ");
    return isHeld ? [] : [`is stuck: it is ${run.status}, with its steps ${states}`];
  }
  if (run.status === "COMPLETED") {
    return steps.every((step) => isDoneWell(step, plan))
      ? []
      : ["is COMPLETED, and not all of its steps are done well"];
  }
  const sunkBy = run.status === "FAILED" ? run.failure.step : null;
  return sunkBy === null || steps.some(({ key, status }) => key === sunkBy && status === "FAILED")
    ? []
    : [`is FAILED by ${sunkBy}, which has not failed`];
}

function isDoneWell({ status, nodeId }: Step, { nodes }: Plan): boolean {
  const mayFail = nodes.some(({ id, onError }) => id === nodeId && onError === "continue");
  return status === "COMPLETED" || status === "SKIPPED" || (status === "FAILED" && mayFail);
}

/** Each call carries the one key of its step, and there are not more of them than the step had attempts. */
function findStrayCalls(lived: readonly LivedRun[], { recorder }: Outside): readonly string[] {
  const attempts = new Map<string, number>(
    lived.flatMap(({ run, steps }) => steps.map((step) => [`${run.id}/${step.key}`, step.attempt] as const)),
  );
  const strays = recorder.calls.filter(({ caller, key }) => key !== caller.replace("/", ":"));
  const counts = Map.groupBy(recorder.calls, ({ caller }) => caller);
  return [
    ...strays.map(({ caller, key }) => `a call of ${caller} carried the key ${key ?? "none"}`),
    ...[...counts].flatMap(([caller, calls]) =>
      calls.length <= (attempts.get(caller) ?? 0)
        ? []
        : [`${caller} made ${calls.length} calls in ${attempts.get(caller) ?? 0} attempts`],
    ),
  ];
}

const LOGGED_AS = {
  start: "RUN_CREATED",
  cancel: "RUN_CANCELED",
  pause: "RUN_PAUSED",
  resume: "RUN_RESUMED",
  retry: "RUN_RETRIED",
} as const satisfies Record<Acknowledged["type"], Event["type"]>;

/** What clients were told is in the log; and starts with one key made one run. */
function findForgotten(lived: readonly LivedRun[], acknowledged: readonly Acknowledged[]): readonly string[] {
  const events = new Map<RunId, readonly Event[]>(lived.map((one) => [one.run.id, one.events]));
  const operations = Map.groupBy(acknowledged, ({ type, runId }) => `${type} of run ${runId}`);
  const keyed = acknowledged.filter(({ key }) => key !== null);
  const runsByKey = Map.groupBy(keyed, ({ workflow, key }) => `${workflow} ${key}`);
  return [
    ...[...operations].flatMap(([name, [first, ...more]]) => {
      const logged =
        first === undefined ? [] : (events.get(first.runId) ?? []).filter(({ type }) => type === LOGGED_AS[first.type]);
      const told = first?.type === "start" ? 1 : more.length + 1;
      return logged.length >= told
        ? []
        : [`${told} times a client was told of a ${name}, the log has ${logged.length}`];
    }),
    ...[...runsByKey].flatMap(([name, starts]) =>
      new Set(starts.map(({ runId }) => runId)).size === 1 ? [] : [`starts of ${name} made several runs`],
    ),
  ];
}
