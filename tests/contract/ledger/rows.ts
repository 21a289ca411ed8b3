import { chainEvents } from "../../../src/domain/audit/chain.ts";
import { createRunId, leaseTokenOf, type RunId, type StepKey } from "../../../src/domain/ids.ts";
import type { Json } from "../../../src/domain/json.ts";
import { pathOf } from "../../../src/domain/path.ts";
import { NO_STEPS } from "../../../src/domain/run/counts.ts";
import type { Event } from "../../../src/domain/run/event.ts";
import type { ActiveRun, Run, RunSeed } from "../../../src/domain/run/run.ts";
import type { Step } from "../../../src/domain/run/step.ts";
import type { WaitingFor } from "../../../src/domain/run/waiting.ts";
import type { ChangedRun, LoadRequest, NewRun, SaveRequest } from "../../../src/ledger/ports.ts";
import { nameOf, START, stepKeyOf } from "../../support/ids.ts";
import { sha256 } from "../../support/sha256.ts";

/** Any JSON survives as written, whatever a database thinks of it. */
export const ODD_VALUES: readonly Json[] = [
  null,
  "",
  "\u0000 and \ud800",
  0,
  1e21,
  { list: [null, { deep: [] }], "a.b": true, ["__proto__"]: 1 },
];

/** Why steps failed. */
export const STEP_ERROR = {
  code: "http_404",
  message: 'no "ä😀" \\u0000',
  http: { status: 404, url: "http://x/", method: "GET" },
};

/**
 * Gives an instant near the one at which the clocks of tests start.
 *
 * @param seconds - How long after it; negative for before.
 * @returns The instant.
 */
export function at(seconds: number): Date {
  return new Date(START.getTime() + seconds * 1_000);
}

/**
 * Makes the id of a run that nobody else has.
 *
 * @param shard - Its shard.
 * @returns The id.
 */
export function newRunId(shard: number): RunId {
  return createRunId(START, shard, crypto.getRandomValues(new Uint8Array(8)));
}

/**
 * Makes an active run.
 *
 * @param id - Its id.
 * @param parts - What the test cares about.
 * @returns The run.
 */
export function runOf(id: RunId, parts: Partial<ActiveRun> = {}): ActiveRun {
  return {
    status: "RUNNING",
    id,
    workflow: nameOf("orders"),
    version: 1,
    labels: {},
    createdAt: START,
    startedAt: START,
    deadlineAt: null,
    counts: NO_STEPS,
    head: { seq: 0, hash: "0".repeat(64) },
    phase: "forward",
    failure: null,
    hold: null,
    ...parts,
  };
}

/** What every step has, before its first attempt. */
export type StepBase = Omit<Extract<Step, { status: "PENDING" }>, "status" | "pendingNeeds">;

/**
 * Makes what every step has.
 *
 * @param runId - Its run.
 * @param id - The id of its node.
 * @returns A step without its state.
 */
export function baseOf(runId: RunId, id: string): StepBase {
  return {
    runId,
    key: stepKeyOf(id),
    nodeId: id,
    type: "transform",
    position: 0,
    attempt: 0,
    maxAttempts: 3,
    token: null,
    queuedAt: null,
    startedAt: null,
    error: null,
    waitingFor: null,
  };
}

/**
 * Makes a step with an attempt at work.
 *
 * @param runId - Its run.
 * @param id - The id of its node.
 * @param leaseExpiresAt - When its lease ends.
 * @returns The step; its token names run and step.
 */
export function runningStep(runId: RunId, id: string, leaseExpiresAt = at(15)): Extract<Step, { status: "RUNNING" }> {
  const token = leaseTokenOf(`${runId}.${id}`, 0);
  const base = baseOf(runId, id);
  return { ...base, status: "RUNNING", attempt: 1, token, queuedAt: START, startedAt: START, leaseExpiresAt };
}

/** What a step has by its key alone. */
function stepBase(runId: RunId, key: string): StepBase {
  const { nodeId, item } = pathOf(stepKeyOf(key));
  const type = item === null ? "transform" : "item";
  return { ...baseOf(runId, nodeId), key: stepKeyOf(key), type, position: item ?? 0, startedAt: START };
}

/**
 * Makes a step that waits for what comes from outside, or for what it holds.
 *
 * @param runId - Its run.
 * @param key - Its key.
 * @param waitingFor - What it waits for.
 * @returns The step.
 */
export function waitingStep(runId: RunId, key: string, waitingFor: WaitingFor): Extract<Step, { status: "WAITING" }> {
  return { ...stepBase(runId, key), status: "WAITING", startedAt: at(0), waitingFor, dueAt: null };
}

/**
 * Makes a step, or an item, that nobody has begun.
 *
 * @param runId - Its run.
 * @param key - Its key.
 * @returns The step.
 */
export function readyStep(runId: RunId, key: string): Step {
  return { ...stepBase(runId, key), status: "PENDING", pendingNeeds: 0 };
}

/**
 * Makes a step, or an item, that has completed.
 *
 * @param runId - Its run.
 * @param key - Its key.
 * @returns The step.
 */
export function doneStep(runId: RunId, key: string): Step {
  return { ...stepBase(runId, key), status: "COMPLETED", endedAt: at(1) };
}

/**
 * Makes a step, or an item, that has failed with `STEP_ERROR`.
 *
 * @param runId - Its run.
 * @param key - Its key.
 * @returns The step.
 */
export function failedStep(runId: RunId, key: string): Step {
  return { ...stepBase(runId, key), status: "FAILED", error: STEP_ERROR, endedAt: at(1) };
}

/**
 * Makes a step whose `if` was false.
 *
 * @param runId - Its run.
 * @param key - Its key.
 * @returns The step.
 */
export function skippedStep(runId: RunId, key: string): Step {
  return { ...stepBase(runId, key), status: "SKIPPED", endedAt: at(1) };
}

/**
 * Makes a step that was canceled.
 *
 * @param runId - Its run.
 * @param key - Its key.
 * @returns The step.
 */
export function canceledStep(runId: RunId, key: string): Step {
  return { ...stepBase(runId, key), status: "CANCELED", endedAt: at(1) };
}

/**
 * Makes what is written of a new run.
 *
 * @param run - The run.
 * @param steps - Its steps, in the order of the recipe.
 * @param seed - What the test cares about of what the run was made of.
 * @returns The run with its steps.
 */
export function newRun(run: Run, steps: readonly Step[] = [], seed: Partial<RunSeed> = {}): NewRun {
  const { id, version, labels } = run;
  return { run, steps, seed: { id, version, labels, input: {}, rerunOf: null, idempotency: null, ...seed } };
}

/**
 * Makes what is written of a run that changes.
 *
 * @param run - The run.
 * @param parts - What the test cares about.
 * @returns The run with no steps but those.
 */
export function changeOf(run: Run, parts: Partial<ChangedRun> = {}): ChangedRun {
  return { run, created: [], steps: [], ...parts };
}

/**
 * Makes what a transaction writes.
 *
 * @param parts - What the test cares about.
 * @returns The request.
 */
export function saveOf(parts: Partial<SaveRequest>): SaveRequest {
  return {
    created: [],
    changed: [],
    emptied: [],
    payloads: [],
    items: [],
    mail: [],
    events: [],
    inputsOf: [],
    resultsOf: [],
    itemsOf: [],
    ...parts,
  };
}

/**
 * Makes what a transaction loads.
 *
 * @param parts - What the test cares about.
 * @returns The request.
 */
export function loadOf(parts: Partial<LoadRequest>): LoadRequest {
  return { runIds: [], rows: [], workflows: [], idempotency: [], ...parts };
}

/**
 * Makes the first events of a run.
 *
 * @param runId - The run.
 * @param count - How many.
 * @returns The events, chained.
 */
export function eventsOf(runId: RunId, count: number): readonly Event[] {
  const drafts = Array.from({ length: count }, (_, index) => ({
    type: "STEP_STARTED" as const,
    at: at(index),
    actor: "system",
    step: "a" as StepKey,
    attempt: index + 1,
    from: "PENDING" as const,
    to: "RUNNING" as const,
    data: { note: `ä😀 "${index}"`, list: [null, 1e21] },
  }));
  return chainEvents(runId, { seq: 0, hash: "0".repeat(64) }, drafts, sha256).events;
}
