import type { LeaseToken, RunId, StepKey, WorkflowName } from "../domain/ids.ts";
import type { Json, JsonObject } from "../domain/json.ts";
import type { Plan, StoredPlan } from "../domain/plan/plan.ts";
import type { StepPayload } from "../domain/run/decision.ts";
import type { Event } from "../domain/run/event.ts";
import type { StepError } from "../domain/run/outcome.ts";
import type { Run, RunSeed } from "../domain/run/run.ts";
import type { Step } from "../domain/run/step.ts";

/** Names a compiled recipe. */
export interface PlanRef {
  readonly workflow: WorkflowName;
  readonly version: number;
}

/** A step of a run. */
export interface StepRef {
  readonly runId: RunId;
  readonly stepKey: StepKey;
}

/** What a transaction loads when it opens: all of it in one round trip. */
export interface LoadRequest {
  /** Runs to lock. */
  readonly runIds: readonly RunId[];
  readonly steps: readonly StepRef[];
  /** Workflows that runs are started of. */
  readonly workflows: readonly WorkflowName[];
  readonly idempotency: readonly { readonly workflow: WorkflowName; readonly key: string }[];
}

/** A workflow as a start needs it. */
export interface WorkflowHead {
  readonly name: WorkflowName;
  readonly latestVersion: number;
  readonly enabled: boolean;
}

/** A run that an earlier start with the same idempotency key made. */
export interface EarlierRun {
  readonly workflow: WorkflowName;
  readonly key: string;
  readonly requestHash: string;
  readonly runId: RunId;
}

/** What a transaction loaded. Runs that do not exist are missing, and so are their steps. */
export interface LoadedRows {
  readonly runs: ReadonlyMap<RunId, Run>;
  /** Runs that exist, but whose rows somebody else has locked. */
  readonly lockedRuns: ReadonlySet<RunId>;
  readonly steps: readonly Step[];
  readonly workflows: readonly WorkflowHead[];
  readonly earlierRuns: readonly EarlierRun[];
}

/** A run that a transaction creates. */
export interface NewRun {
  readonly run: Run;
  readonly seed: RunSeed;
  /** In the order of the recipe. */
  readonly steps: readonly Step[];
}

/** A run that a transaction changes. */
export interface ChangedRun {
  readonly run: Run;
  /** Replaces the run's input; undefined keeps it. */
  readonly input?: Json;
  readonly steps: readonly Step[];
}

/** What a transaction writes. */
export interface SaveRequest {
  readonly created: readonly NewRun[];
  readonly changed: readonly ChangedRun[];
  readonly payloads: readonly (StepRef & StepPayload)[];
  readonly events: readonly Event[];
  /** Runs whose input the begun steps read. */
  readonly inputsOf: readonly RunId[];
  /** Steps whose output or error the begun steps read. */
  readonly resultsOf: readonly StepRef[];
}

/** The output and error of a step as expressions read them: the output of a step that did not complete is null. */
export interface StepResult extends StepRef {
  readonly output: Json;
  readonly error: StepError | null;
}

/** What the begun steps read, as of the end of the transaction. */
export interface ReadBack {
  readonly inputs: ReadonlyMap<RunId, Json>;
  readonly results: readonly StepResult[];
}

/** One open transaction, with the rows of its runs locked. */
export interface LedgerTransaction {
  readonly rows: LoadedRows;
  /** Loads all steps of a run whose row is locked. */
  loadAllSteps(runId: RunId): Promise<readonly Step[]>;
  /** Writes and commits in one round trip. Throws with nothing written when the database refuses any of it. */
  save(request: SaveRequest): Promise<ReadBack>;
  /** Gives up the transaction; nothing is written. */
  rollback(): Promise<void>;
}

/**
 * Where the ledger's rows live. Every method throws `UnavailableError` when the database cannot be reached in time, and
 * `LockedError` when somebody else holds a row for longer than a batch may wait.
 */
export interface LedgerStore {
  /** Finds which plans runs are pinned to; unknown runs are missing. */
  findPlanRefs(runIds: readonly RunId[]): Promise<ReadonlyMap<RunId, PlanRef>>;
  /** Loads recipes and their plans, which may be of an earlier format; unknown versions are missing. */
  loadPlans(refs: readonly PlanRef[]): Promise<readonly (PlanRef & StoredPlan)[]>;
  /**
   * Opens a transaction: locks the runs in id order and loads what is asked for, in one round trip. Waits for no run
   * that somebody else has locked.
   */
  open(request: LoadRequest): Promise<LedgerTransaction>;
  /** Moves the lease end of attempts that still hold their lease, and gives their tokens. One statement. */
  renewLeases(leases: readonly Lease[], expiresAt: Date): Promise<readonly LeaseToken[]>;
}

/** The lease of one attempt. */
export interface Lease extends StepRef {
  readonly token: LeaseToken;
}

/** Gives the plan of a version as it is stored: compiled again from its recipe when it is of an earlier format. */
export type ReadPlan = (stored: StoredPlan) => Plan;

/** Checks a run's input against its recipe's schema and fills in defaults. */
export type CheckInput = (
  schema: JsonObject | null,
  input: Json,
) => { readonly ok: true; readonly input: Json } | { readonly ok: false; readonly issues: readonly InputIssue[] };

/** One problem of a run's input. `path` is a JSON Pointer. */
export interface InputIssue {
  readonly path: string;
  readonly message: string;
}
