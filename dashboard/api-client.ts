import { type ApiResult, type Call, callApi } from "./api-call.ts";
import type {
  AuditEvent,
  Identity,
  Json,
  Page,
  RecipeCheck,
  Run,
  RunPage,
  RunSummary,
  SentSignal,
  Step,
  StepDetail,
  StepStatus,
  Verification,
  Workflow,
  WorkflowSummary,
} from "./model/api-types.ts";
import type { RunFilter } from "./model/routes.ts";

const RUNS_PAGE = 50;
const EVENTS_PAGE = 200;
const WORKFLOWS_PAGE = 200;
const STEPS_PAGE = 50;

/** Which items or steps of an item a list shows. */
export interface InnerSteps {
  /** Key of the `foreach`, or of the item. */
  readonly parent: string;
  /** Only those of this state; null for all. */
  readonly status: StepStatus | null;
  /** Where the page before ended; null for the first page. */
  readonly cursor: string | null;
}

/** What an operator can do to a run, as the API names it. */
export type RunAction = "cancel" | "pause" | "resume" | "retry" | "rerun";

/**
 * Asks whose key a key is.
 *
 * @param call - The key, and what ends the call.
 * @returns The key's name and role.
 */
export function getIdentity(call: Required<Pick<Call, "key">> & Pick<Call, "signal">): Promise<ApiResult<Identity>> {
  return callApi({ ...call, path: "me" });
}

/**
 * Lists runs, newest first.
 *
 * @param filter - Which ones.
 * @param cursor - Where the page before ended; null for the first page.
 * @param signal - Ends the call.
 * @returns A page of runs.
 */
export function listRuns(filter: RunFilter, cursor: string | null, signal?: AbortSignal): Promise<ApiResult<RunPage>> {
  const query = new URLSearchParams([
    ["limit", String(RUNS_PAGE)],
    ...filter.statuses.map((status) => ["status", status]),
  ]);
  if (filter.workflow !== null) query.set("workflow", filter.workflow);
  if (filter.search !== "") query.set("q", filter.search);
  if (cursor !== null) query.set("cursor", cursor);
  return callApi({ path: `runs?${query.toString()}`, signal });
}

/**
 * Reads a run with its steps.
 *
 * @param runId - The run.
 * @param signal - Ends the call.
 * @returns The run.
 */
export function getRun(runId: string, signal?: AbortSignal): Promise<ApiResult<Run>> {
  return callApi({ path: runPath(runId), signal });
}

/**
 * Reads the whole input or output of a run.
 *
 * @param runId - The run.
 * @param part - Which of the two.
 * @returns The value.
 */
export function getRunPayload(runId: string, part: "input" | "output"): Promise<ApiResult<Json>> {
  return callApi({ path: runPath(runId, part) });
}

/**
 * Reads a step with its payloads and attempts.
 *
 * @param runId - The run.
 * @param key - The step.
 * @param signal - Ends the call.
 * @returns The step.
 */
export function getStep(runId: string, key: string, signal?: AbortSignal): Promise<ApiResult<StepDetail>> {
  return callApi({ path: runPath(runId, `steps/${encodeURIComponent(key)}`), signal });
}

/**
 * Reads the items of a `foreach`, or the steps of an item.
 *
 * @param runId - The run.
 * @param which - Which ones.
 * @param signal - Ends the call.
 * @returns Up to 50 in order, without payloads.
 */
export function listInnerSteps(runId: string, which: InnerSteps, signal?: AbortSignal): Promise<ApiResult<Page<Step>>> {
  const { parent, status, cursor } = which;
  const query = new URLSearchParams({
    parent,
    limit: String(STEPS_PAGE),
    ...(status === null ? {} : { status }),
    ...(cursor === null ? {} : { cursor }),
  });
  return callApi({ path: runPath(runId, `steps?${query.toString()}`), signal });
}

/**
 * Sends a signal to a run.
 *
 * @param runId - The run.
 * @param name - The signal.
 * @param sent - Its payload as JSON text, and the key under which it counts once.
 * @returns What became of it.
 */
export function sendSignal(
  runId: string,
  name: string,
  { payload, key }: { readonly payload: string; readonly key: string },
): Promise<ApiResult<SentSignal>> {
  const path = runPath(runId, `signals/${encodeURIComponent(name)}`);
  return callApi({ method: "POST", path, bodyText: payload, headers: { "Idempotency-Key": key } });
}

/**
 * Reads the audit log of a run.
 *
 * @param runId - The run.
 * @param after - Number of the last event that is known.
 * @param signal - Ends the call.
 * @returns Up to 200 events in order.
 */
export function listEvents(runId: string, after: number, signal?: AbortSignal): Promise<ApiResult<Page<AuditEvent>>> {
  return callApi({ path: runPath(runId, `events?after=${after}&limit=${EVENTS_PAGE}`), signal });
}

/**
 * Reads the audit log of all runs, newest first.
 *
 * @param cursor - Where the page before ended; null for the first page.
 * @param signal - Ends the call.
 * @returns A page of events.
 */
export function listAudit(cursor: string | null, signal?: AbortSignal): Promise<ApiResult<Page<AuditEvent>>> {
  const query = cursor === null ? "" : `?cursor=${encodeURIComponent(cursor)}`;
  return callApi({ path: `audit${query}`, signal });
}

/**
 * Has the audit log of a run checked.
 *
 * @param runId - The run.
 * @returns What the check found.
 */
export function verifyRun(runId: string): Promise<ApiResult<Verification>> {
  return callApi({ path: runPath(runId, "verify") });
}

/**
 * Starts a run.
 *
 * @param workflow - Of which workflow.
 * @returns The run.
 */
export function startRun(workflow: string): Promise<ApiResult<RunSummary>> {
  // With the key, a browser that sends the request twice starts one run.
  const headers = { "Idempotency-Key": newKey() };
  return callApi({ method: "POST", path: `workflows/${encodeURIComponent(workflow)}/runs`, body: {}, headers });
}

/**
 * Does something to a run.
 *
 * @param runId - The run.
 * @param action - What to do.
 * @param body - The action's parameters.
 * @returns The run after it; of `rerun` the new run.
 */
export function operateRun(runId: string, action: RunAction, body: Json): Promise<ApiResult<RunSummary | Run>> {
  return callApi({ method: "POST", path: runPath(runId, action), body });
}

/**
 * Lists workflows by name.
 *
 * @param cursor - Where the page before ended; null for the first page.
 * @param signal - Ends the call.
 * @returns A page of workflows.
 */
export function listWorkflows(cursor: string | null, signal?: AbortSignal): Promise<ApiResult<Page<WorkflowSummary>>> {
  const query = new URLSearchParams({ limit: String(WORKFLOWS_PAGE), ...(cursor === null ? {} : { cursor }) });
  return callApi({ path: `workflows?${query.toString()}`, signal });
}

/**
 * Reads the latest version of a workflow.
 *
 * @param name - The workflow.
 * @param signal - Ends the call.
 * @returns Its recipe and plan.
 */
export function getWorkflow(name: string, signal?: AbortSignal): Promise<ApiResult<Workflow>> {
  return callApi({ path: `workflows/${encodeURIComponent(name)}`, signal });
}

/**
 * Has a recipe checked, without saving it.
 *
 * @param recipe - The recipe.
 * @param signal - Ends the call.
 * @returns Its problems or warnings; their paths count, not their lines, which are those of the JSON that is sent.
 */
export function checkRecipe(recipe: Json, signal?: AbortSignal): Promise<ApiResult<RecipeCheck>> {
  return callApi({ method: "POST", path: "workflows/validate", body: recipe, signal });
}

/**
 * Writes the path of a run's event stream, for `openEventStream`.
 *
 * @param runId - The run.
 * @param after - Number of the last event that is known.
 * @returns The path below `/api/`.
 */
export function eventStreamPath(runId: string, after: number): string {
  return runPath(runId, `events?after=${after}`);
}

/**
 * Makes an idempotency key. `crypto.randomUUID` would do, but browsers have it only on https and localhost.
 *
 * @returns The key.
 */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function runPath(runId: string, rest = ""): string {
  return `runs/${encodeURIComponent(runId)}${rest === "" ? "" : `/${rest}`}`;
}
