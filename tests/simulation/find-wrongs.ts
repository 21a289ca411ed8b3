import type { RunId } from "../../src/domain/ids.ts";
import { parseStepKey } from "../../src/domain/ids.ts";
import { pathOf } from "../../src/domain/path.ts";
import type { Event } from "../../src/domain/run/event.ts";
import { isActive } from "../../src/domain/run/run.ts";
import type { Step } from "../../src/domain/run/step.ts";
import { findContradictions, findFaults } from "../stack/run-faults.ts";
import type { StoredRun } from "../stack/stored-run.ts";
import type { Acknowledged } from "./clients.ts";
import { findDelays } from "./find-delays.ts";
import { findEarlySteps } from "./find-early-steps.ts";
import { findWrongItems } from "./find-wrong-items.ts";
import { findWrongMail } from "./find-wrong-mail.ts";
import { findWrongOutcomes, findWrongOutputs } from "./find-wrong-outputs.ts";
import { gatherRuns, isAtRest, type LivedRun, nodeOfStep } from "./lived-run.ts";
import type { Outside } from "./outside.ts";
import type { Schedule } from "./schedule.ts";

/** What is looked for in each run. */
const LOOKS: readonly ((lived: LivedRun, outside: Outside) => readonly string[])[] = [
  findWrongEnd,
  findEarlySteps,
  findWrongOutcomes,
  findWrongOutputs,
  findWrongItems,
  findWrongMail,
];

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
  const lived = gatherRuns(outside);
  return [
    ...surprises,
    ...lived.flatMap((one) => (isActive(one.run) ? findContradictions(storedOf(one)) : findFaults(storedOf(one)))),
    ...LOOKS.flatMap((look) => lived.flatMap((one) => look(one, outside).map((wrong) => `run ${one.run.id} ${wrong}`))),
    ...findDelays(lived, schedule),
    ...recorder.handedTwice.map((token) => `attempt ${token} was handed to two consumers`),
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
    waiting_for: step.waitingFor,
  }));
  return { run, steps: rows, events };
}

/** A run ends as its steps did; one that has not ended is held by an operator, or waits for a signal. */
function findWrongEnd(lived: LivedRun): readonly string[] {
  const { run, steps } = lived;
  if (isActive(run)) {
    const states = steps.map((step) => `${step.key} ${step.status}`).join(", ");
    return isAtRest(run, steps) ? [] : [`is stuck: it is ${run.status}, with its steps ${states}`];
  }
  if (run.status === "COMPLETED") {
    const bad = steps.filter((step) => !isDoneWell(step, lived));
    return bad.map(({ key, status }) => `is COMPLETED, and ${key} is ${status}`);
  }
  const sunkBy = run.status === "FAILED" ? run.failure.step : null;
  return sunkBy === null || steps.some(({ key, status }) => key === sunkBy && status === "FAILED")
    ? []
    : [`is FAILED by ${sunkBy}, which has not failed`];
}

/** Items may fail, as far as their list tolerates it, and what was in them with them. */
function isDoneWell({ key, status, type }: Step, lived: LivedRun): boolean {
  const mayFail = type === "item" || key.includes("[") || nodeOfStep(lived, key).onError === "continue";
  return (
    status === "COMPLETED" ||
    status === "SKIPPED" ||
    (status === "FAILED" && mayFail) ||
    (status === "CANCELED" && key.includes("["))
  );
}

/** Each call carries the one key of its step, and there are not more of them than the step had attempts. */
function findStrayCalls(lived: readonly LivedRun[], { recorder }: Outside): readonly string[] {
  const begun = lived.flatMap(({ run, events }) =>
    events.flatMap(({ type, step }) => (type === "STEP_STARTED" ? [`${run.id}:${step}`] : [])),
  );
  const attempts = Map.groupBy(begun, (key) => key);
  const byKey = Map.groupBy(recorder.calls, ({ key }) => key ?? "none");
  const byCaller = Map.groupBy(recorder.calls, ({ caller }) => caller);
  return [
    ...[...byCaller].flatMap(([caller, calls]) => {
      const keys = new Set(calls.map(({ key }) => key));
      return keys.size === 1 ? [] : [`calls of ${caller} carried the keys ${[...keys].join(", ")}`];
    }),
    ...[...byKey].flatMap(([key, calls]) => {
      const count = attempts.get(key)?.length ?? 0;
      const callers = new Set(calls.map(({ caller }) => caller));
      const strays = [...callers].filter((caller) => !isKeyOf(key, caller));
      return [
        ...(callers.size === 1 ? [] : [`the key ${key} was carried by calls of ${[...callers].join(", ")}`]),
        ...strays.map((caller) => `a call of ${caller} carried the key ${key}`),
        ...(calls.length <= count ? [] : [`${key} made ${calls.length} calls in ${count} attempts`]),
      ];
    }),
  ];
}

/** Whether a key is that of a step of the run and of the node that an address names. */
function isKeyOf(key: string, caller: string): boolean {
  const [runId, node] = caller.split("/");
  const stepKey = parseStepKey(key.slice(key.indexOf(":") + 1));
  return stepKey !== null && key.startsWith(`${runId}:`) && pathOf(stepKey).nodeId === node;
}

const LOGGED_AS = {
  start: "RUN_CREATED",
  cancel: "RUN_CANCELED",
  pause: "RUN_PAUSED",
  resume: "RUN_RESUMED",
  retry: "RUN_RETRIED",
  signal: "SIGNAL_RECEIVED",
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
