import type { PlanIndex } from "../domain/plan/plan-index.ts";
import type { RunSeed } from "../domain/run/run.ts";
import { startRun } from "../domain/run/start-run.ts";
import type { BatchState } from "./batch-state.ts";
import { contextOf, type LedgerEnvironment } from "./environment.ts";
import { type PlanCache, planKey } from "./plan-cache.ts";
import type { LoadedRows, PlanRef, WorkflowHead } from "./ports.ts";
import type { LedgerRequest, StartReply, StartRequest } from "./request.ts";

/** What a start looks at. */
export interface StartScope {
  readonly environment: LedgerEnvironment;
  readonly state: BatchState;
  readonly rows: LoadedRows;
  /** By `planKey`. */
  readonly plans: ReadonlyMap<string, PlanIndex>;
  readonly room: number;
}

/**
 * Loads the plans that the starts of a batch run by.
 *
 * @param cache - The shard's plans.
 * @param requests - The batch.
 * @param rows - What the transaction loaded.
 * @returns Plans by `planKey`; versions that do not exist are missing.
 */
export async function plansOfStarts(
  cache: PlanCache,
  requests: readonly LedgerRequest[],
  rows: LoadedRows,
): Promise<ReadonlyMap<string, PlanIndex>> {
  const refs = requests.flatMap((request) => {
    const head = request.type === "start" ? headOf(request, rows) : undefined;
    return request.type === "start" && head !== undefined ? [refOf(request, head)] : [];
  });
  return cache.plans(refs);
}

/**
 * Applies a start: refuses it, finds the run that an earlier one with the same key made, or makes the run.
 *
 * @param request - The start.
 * @param scope - What it looks at; a new run is added to the batch's state.
 * @returns What it came to.
 */
export function applyStart(request: StartRequest, scope: StartScope): StartReply {
  const head = headOf(request, scope.rows);
  if (head === undefined) {
    return { kind: "unknown_workflow" };
  }
  const earlier = earlierRun(request, scope);
  if (earlier !== null) {
    return earlier;
  }
  if (!head.enabled) {
    return { kind: "workflow_disabled" };
  }
  const ref = refOf(request, head);
  const plan = scope.plans.get(planKey(ref));
  if (plan === undefined) {
    return { kind: "unknown_version", latestVersion: head.latestVersion };
  }
  const checked = scope.environment.checkValue(plan.plan.inputSchema, request.input);
  if (!checked.ok) {
    return { kind: "invalid_input", issues: checked.issues };
  }
  const seed: RunSeed = {
    id: request.runId,
    input: checked.input,
    labels: request.labels,
    version: ref.version,
    rerunOf: request.rerunOf,
    idempotency: request.idempotency,
  };
  const decision = startRun(seed, request.actor, contextOf(scope.environment, plan, scope.room));
  scope.state.create(decision, seed, plan);
  scope.environment.plans.pin(request.runId, ref);
  return { kind: "started", run: decision.run };
}

function headOf(request: StartRequest, rows: LoadedRows): WorkflowHead | undefined {
  return rows.workflows.find((workflow) => workflow.name === request.workflow);
}

function refOf(request: StartRequest, head: WorkflowHead): PlanRef {
  return { workflow: head.name, version: request.version ?? head.latestVersion };
}

/** A run of an earlier batch, or of this one: two starts with the same key can meet in the same transaction. */
function earlierRun(request: StartRequest, scope: StartScope): StartReply | null {
  const { idempotency, workflow } = request;
  if (idempotency === null) {
    return null;
  }
  const earlier =
    scope.rows.earlierRuns.find((entry) => entry.workflow === workflow && entry.key === idempotency.key) ??
    scope.state.createdBy(workflow, idempotency.key);
  if (earlier === undefined) {
    return null;
  }
  const { runId, requestHash } = earlier;
  return requestHash === idempotency.requestHash
    ? { kind: "replayed", runId }
    : { kind: "idempotency_conflict", runId };
}
