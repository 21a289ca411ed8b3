import type { RunId, StepKey, WorkflowName } from "../ids.ts";
import type { Json } from "../json.ts";
import type { Actor } from "./command.ts";
import type { StepCounts } from "./counts.ts";
import type { Mail } from "./mailbox.ts";
import type { RunError } from "./outcome.ts";
import type { Step } from "./step.ts";

/** Where the audit chain of a run ends: the number and hash of its last event. */
export interface ChainHead {
  readonly seq: number;
  /** SHA-256 in hex; 64 zeros before the first event. */
  readonly hash: string;
}

interface RunBase {
  readonly id: RunId;
  readonly workflow: WorkflowName;
  /** The version this run is pinned to for life. */
  readonly version: number;
  /** The recipe's and the run's own. */
  readonly labels: Readonly<Record<string, string>>;
  readonly createdAt: Date;
  /** When the first attempt began. */
  readonly startedAt: Date | null;
  /** When the run fails with `run_timeout` if it has not ended. */
  readonly deadlineAt: Date | null;
  readonly counts: StepCounts;
  readonly head: ChainHead;
}

/**
 * What an active run is about: `forward` through its steps, or `failing`: a step failed for good, nothing new begins,
 * attempts that run may finish, then the run is FAILED.
 */
export type RunPhase = "forward" | "failing";

/** An operator's pause. It may come in any phase, and ends where it was. */
export interface Hold {
  readonly actor: Actor;
  readonly reason: string | null;
}

/** A run that can still move by itself, or that an operator holds. */
export interface ActiveRun extends RunBase {
  /** What phase, hold and counts come to: `statusOf`. */
  readonly status: "PENDING" | "RUNNING" | "RETRYING" | "WAITING" | "PAUSED" | "COMPENSATING";
  readonly phase: RunPhase;
  /** Why the run is failing; null in the phase `forward`. */
  readonly failure: RunError | null;
  readonly hold: Hold | null;
}

/** A run whose steps are all done. */
export interface CompletedRun extends RunBase {
  readonly status: "COMPLETED";
  readonly endedAt: Date;
}

/** A run that a step, its deadline or an operator sank. */
export interface FailedRun extends RunBase {
  readonly status: "FAILED";
  readonly failure: RunError;
  readonly endedAt: Date;
}

/** A run that an operator ended. */
export interface CanceledRun extends RunBase {
  readonly status: "CANCELED";
  readonly endedAt: Date;
}

/** One execution of one version of a workflow, in one of its states. */
export type Run = ActiveRun | CompletedRun | FailedRun | CanceledRun;

/** What `decide` looks at: the run, and of its steps and its mailbox what the command concerns. */
export interface RunState {
  readonly run: Run;
  readonly steps: ReadonlyMap<StepKey, Step>;
  /** Signals, oldest first. */
  readonly mail: readonly Mail[];
}

/** What a new run is made of, besides its plan. */
export interface RunSeed {
  readonly id: RunId;
  readonly input: Json;
  readonly labels: Readonly<Record<string, string>>;
  readonly version: number;
  /** The run this one repeats, or null. */
  readonly rerunOf: RunId | null;
  readonly idempotency: { readonly key: string; readonly requestHash: string } | null;
}

/**
 * Tells whether a run can still move by itself or by its operators.
 *
 * @param run - A run in any state.
 * @returns Whether it has not ended.
 */
export function isActive(run: Run): run is ActiveRun {
  return run.status !== "COMPLETED" && run.status !== "FAILED" && run.status !== "CANCELED";
}

/**
 * Gives the state that an active run shows: what its phase, its hold and its steps come to.
 *
 * @param run - An active run.
 * @returns Its state.
 */
export function statusOf(run: ActiveRun): ActiveRun["status"] {
  const { ready, running, retrying } = run.counts;
  if (run.hold !== null) {
    return "PAUSED";
  }
  if (run.startedAt === null) {
    return "PENDING";
  }
  if (running + ready > 0) {
    return "RUNNING";
  }
  return retrying > 0 ? "RETRYING" : "WAITING";
}
