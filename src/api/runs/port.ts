import type { RunId, StepKey, WorkflowName } from "../../domain/ids.ts";
import type { Json, JsonObject } from "../../domain/json.ts";
import type { StoredPlan } from "../../domain/plan/plan.ts";
import type { StepCounts } from "../../domain/run/counts.ts";
import type { RunError } from "../../domain/run/outcome.ts";
import type { RunStatus } from "../../domain/run/transitions.ts";
import type { StepDetailRecord, StepList, StepListRequest, StepRecord } from "../steps/port.ts";

/** A run as lists show it: without payloads. */
export interface RunSummaryRecord {
  readonly id: RunId;
  readonly workflow: string;
  readonly version: number;
  readonly status: RunStatus;
  readonly labels: Readonly<Record<string, string>>;
  readonly counts: StepCounts;
  readonly failure: RunError | null;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
}

/** A payload as it is shown in passing. Null: there is none. */
export type PayloadPreview =
  | { readonly kind: "whole"; readonly value: Json }
  | { readonly kind: "truncated"; readonly bytes: number; readonly preview: string }
  | null;

/** A run with its result, without its steps. */
export interface RunResultRecord extends RunSummaryRecord {
  readonly output: PayloadPreview;
}

/** A run as its page shows it. */
export interface RunRecord extends RunResultRecord, StoredPlan {
  readonly input: PayloadPreview;
  /** Number of the last event. */
  readonly seq: number;
  readonly deadlineAt: Date | null;
  readonly rerunOf: string | null;
  /** The recipe's own, in its order. */
  readonly steps: readonly StepRecord[];
  /** Steps that wait for a signal, then those that wait for a time, wherever they are; at most 20. */
  readonly waits: readonly StepRecord[];
}

/** Which runs a list shows: those that match every part. */
export interface RunFilter {
  /** Any of these; empty: any. */
  readonly statuses: readonly RunStatus[];
  readonly workflow: WorkflowName | null;
  /** All of these. */
  readonly labels: Readonly<Record<string, string>>;
  /** Text in the id (as its beginning), the workflow, a label or the error. */
  readonly search: string | null;
  /** Created at or after. */
  readonly from: Date | null;
  /** Created before. */
  readonly to: Date | null;
}

/** Runs of a list. */
export interface RunList {
  readonly runs: readonly RunSummaryRecord[];
  /** The last run that a search looked at when it gave up before the page was full; older ones may match too. */
  readonly searchedTo: RunId | null;
}

/** What a run was started with. */
export interface RunOrigin {
  readonly workflow: WorkflowName;
  readonly version: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly input: Json;
}

/** One page of a list: rows after `after`, at most `limit`. */
export interface PageRequest<Cursor> {
  readonly after: Cursor | null;
  readonly limit: number;
}

/** Which of a run's payloads. */
export type RunPayload = "input" | "output";

/** What the API reads of runs. Every method throws `UnavailableError` when PostgreSQL cannot be reached in time. */
export interface RunReads {
  /** Newest first; never reads payloads. */
  list(filter: RunFilter, page: PageRequest<RunId>): Promise<RunList>;
  /** What a rerun repeats, or null when there is no such run. */
  findOrigin(runId: RunId): Promise<RunOrigin | null>;
  /** The run and the recipe's own steps as of one instant, or null. */
  find(runId: RunId): Promise<RunRecord | null>;
  /** The run's state and the number of its last event, or null. */
  findState(runId: RunId): Promise<{ readonly status: RunStatus; readonly seq: number } | null>;
  /** The run's summary and output, or null. */
  findResult(runId: RunId): Promise<RunResultRecord | null>;
  /** One whole payload (JSON null when there is none), or null when there is no such run. */
  findPayload(runId: RunId, payload: RunPayload): Promise<{ readonly value: Json } | null>;
  /** A page of what the run, a `foreach` or an item holds, `no_run`, or `no_step` when there is no such parent. */
  listSteps(runId: RunId, request: StepListRequest): Promise<StepList | "no_run" | "no_step">;
  /**
   * Open items of `foreach` steps, and their steps that run, are due, are tried again or wait; of nested ones down to
   * where one does not only wait. Some of them: what is looked at is bounded.
   */
  listUnderWay(runId: RunId, foreachs: readonly StepKey[]): Promise<readonly StepRecord[]>;
  /** One step or item, `no_run` or `no_step`. */
  findStep(runId: RunId, key: StepKey): Promise<StepDetailRecord | "no_run" | "no_step">;
  /** The schema of the run's input, or null when there is no such run. */
  findInputSchema(runId: RunId): Promise<{ readonly schema: JsonObject | null } | null>;
}
