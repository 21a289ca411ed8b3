import type { LeaseToken, RunId, StepKey, WorkflowName } from "../domain/ids.ts";
import type { Json } from "../domain/json.ts";
import type { Plan, StoredPlan } from "../domain/plan/plan.ts";
import type { StepQuery } from "../domain/run/concerns.ts";
import type { StepPayload } from "../domain/run/decision.ts";
import type { Event } from "../domain/run/event.ts";
import type { Mail } from "../domain/run/mailbox.ts";
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

/** Rows of one run. */
export interface RunQuery extends StepQuery {
  readonly runId: RunId;
}

/** Rows of runs. */
export interface FoundRows {
  readonly steps: readonly Step[];
  /** By run, oldest first. */
  readonly mail: readonly RunMail[];
}

/** A signal in the mailbox of a run. */
export interface RunMail extends Mail {
  readonly runId: RunId;
}

/** What a transaction loads when it opens: all of it in one round trip. */
export interface LoadRequest {
  /** Runs to lock. */
  readonly runIds: readonly RunId[];
  readonly rows: readonly RunQuery[];
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
export interface LoadedRows extends FoundRows {
  readonly runs: ReadonlyMap<RunId, Run>;
  /** Runs that exist, but whose rows somebody else has locked. */
  readonly lockedRuns: ReadonlySet<RunId>;
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
  /** Steps that are new: those of items that open. */
  readonly created: readonly Step[];
  readonly steps: readonly Step[];
}

/** The values of the items of a `foreach`, in their order. */
export interface ItemValues extends StepRef {
  readonly values: readonly Json[];
}

/** One item of a `foreach`. */
export interface ItemValueRef extends StepRef {
  readonly index: number;
}

/** What a transaction writes. */
export interface SaveRequest {
  readonly created: readonly NewRun[];
  readonly changed: readonly ChangedRun[];
  /** `foreach` steps whose items go, with all they hold, before anything else is written. */
  readonly emptied: readonly StepRef[];
  readonly payloads: readonly (StepRef & StepPayload)[];
  readonly items: readonly ItemValues[];
  /** New, or taken now. */
  readonly mail: readonly RunMail[];
  readonly events: readonly Event[];
  /** Runs whose input the begun steps read. */
  readonly inputsOf: readonly RunId[];
  /** Steps whose output or error the begun steps read. */
  readonly resultsOf: readonly StepRef[];
  /** Items whose values the begun steps read. */
  readonly itemsOf: readonly ItemValueRef[];
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
  readonly items: readonly (ItemValueRef & { readonly value: Json })[];
}

/** One open transaction, with the rows of its runs locked. */
export interface LedgerTransaction {
  readonly rows: LoadedRows;
  /** Loads further rows of a run whose row is locked. */
  load(query: RunQuery): Promise<FoundRows>;
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
