import { InvariantError } from "../domain/errors.ts";
import type { RunId } from "../domain/ids.ts";
import type { PlanIndex } from "../domain/plan/plan-index.ts";
import { concerns } from "../domain/run/concerns.ts";
import { decide } from "../domain/run/decide.ts";
import type { Event } from "../domain/run/event.ts";
import type { Assignment } from "../domain/run/outcome.ts";
import type { Run } from "../domain/run/run.ts";
import { makeAssignments } from "./assignments.ts";
import { BatchState, type QueueChange } from "./batch-state.ts";
import { contextOf, type LedgerEnvironment } from "./environment.ts";
import type { LedgerTransaction, LoadRequest } from "./ports.ts";
import type { CommandReply, CommandRequest, LedgerReply, LedgerRequest } from "./request.ts";
import { applyStart, plansOfStarts } from "./start-request.ts";

/** What a committed batch leaves to do. */
export interface Commit {
  readonly messages: readonly QueueChange[];
  readonly assignments: readonly Assignment[];
  readonly events: readonly Event[];
  /** Runs that changed, as they are now. */
  readonly runs: readonly Run[];
  /** How long the attempts took that ended with this commit. */
  readonly attemptDurationsMs: readonly number[];
}

/** The outcome of a batch: a reply for each request, in order, and what to do next. */
export interface BatchResult {
  /** Null for a request whose run somebody else has locked: it was left out. */
  readonly replies: readonly (LedgerReply | null)[];
  readonly commit: Commit;
}

/**
 * Executes requests as one transaction: load, decide one after another, save.
 *
 * @param environment - Store, plans, clock and randomness.
 * @param requests - The requests, in the order they came.
 * @param room - How many attempts may be begun.
 * @returns The replies and what the commit leaves to do.
 * @throws The database's error, with nothing written.
 */
export async function executeBatch(
  environment: LedgerEnvironment,
  requests: readonly LedgerRequest[],
  room: number,
): Promise<BatchResult> {
  const plans = await environment.plans.plansOfRuns(runIdsOf(requests));
  const transaction = await environment.store.open(loadRequest(requests, plans));
  const state = new BatchState(transaction.rows);
  const replies = await decideAll(environment, requests, { transaction, state, plans, room });
  return { replies, commit: await saveBatch(environment, transaction, state) };
}

async function decideAll(
  environment: LedgerEnvironment,
  requests: readonly LedgerRequest[],
  scope: CommandScope,
): Promise<BatchResult["replies"]> {
  const { transaction, state, room } = scope;
  const { rows } = transaction;
  try {
    const plans = await plansOfStarts(environment.plans, requests, rows);
    const replies: (LedgerReply | null)[] = [];
    for (const request of requests) {
      const free = room - state.begunCount;
      replies.push(
        request.type === "start"
          ? applyStart(request, { environment, state, rows, plans, room: free })
          : await applyCommand(environment, request, { ...scope, room: free }),
      );
    }
    return replies;
  } catch (error) {
    await transaction.rollback();
    throw error;
  }
}

async function saveBatch(
  environment: LedgerEnvironment,
  transaction: LedgerTransaction,
  state: BatchState,
): Promise<Commit> {
  const sealed = state.seal(environment.hash);
  if (sealed.runs.length === 0) {
    await transaction.rollback();
    return { messages: sealed.messages, assignments: [], events: [], runs: [], attemptDurationsMs: [] };
  }
  const read = await transaction.save(sealed.save);
  return {
    messages: sealed.messages,
    assignments: makeAssignments(sealed.begun, sealed.runs, read),
    events: sealed.save.events,
    runs: sealed.runs,
    attemptDurationsMs: sealed.attemptDurationsMs,
  };
}

/** How often a decision may ask for more rows. */
const LOADS_MAX = 8;

interface CommandScope {
  readonly transaction: LedgerTransaction;
  readonly state: BatchState;
  readonly plans: ReadonlyMap<RunId, PlanIndex>;
  readonly room: number;
}

async function applyCommand(
  environment: LedgerEnvironment,
  request: CommandRequest,
  scope: CommandScope,
): Promise<CommandReply | null> {
  const { runId, command } = request;
  if (scope.transaction.rows.lockedRuns.has(runId)) {
    return null;
  }
  const plan = scope.plans.get(runId);
  const runState = scope.state.runState(runId);
  if (plan === undefined || runState === undefined) {
    return { kind: "unknown_run" };
  }
  const context = contextOf(environment, plan, scope.room);
  for (let loads = 0; loads <= LOADS_MAX; loads += 1) {
    const decision = decide(runState, command, context);
    if (decision.kind === "decided") {
      scope.state.apply(decision, plan);
      return decision.reply;
    }
    scope.state.add(await scope.transaction.load({ runId, ...decision.query }));
  }
  throw new InvariantError(`the counters of run ${runId} do not agree with its steps`);
}

function runIdsOf(requests: readonly LedgerRequest[]): readonly RunId[] {
  return [...new Set(requests.flatMap((request) => (request.type === "command" ? [request.runId] : [])))];
}

/** What the requests concern, so that the load does not grow with the runs. */
function loadRequest(requests: readonly LedgerRequest[], plans: ReadonlyMap<RunId, PlanIndex>): LoadRequest {
  const starts = requests.flatMap((request) => (request.type === "start" ? [request] : []));
  return {
    runIds: runIdsOf(requests),
    rows: requests.flatMap((request) => {
      const plan = request.type === "command" ? plans.get(request.runId) : undefined;
      return request.type === "command" && plan !== undefined
        ? [{ runId: request.runId, ...concerns(request.command, plan) }]
        : [];
    }),
    workflows: [...new Set(starts.map((start) => start.workflow))],
    idempotency: starts.flatMap(({ workflow, idempotency }) =>
      idempotency === null ? [] : [{ workflow, key: idempotency.key }],
    ),
  };
}
