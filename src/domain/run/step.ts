import type { LeaseToken, RunId, StepKey } from "../ids.ts";
import type { StepType } from "../plan/plan.ts";
import type { StepError } from "./outcome.ts";

interface StepBase {
  readonly runId: RunId;
  readonly key: StepKey;
  /** Id of the plan node this step executes. */
  readonly nodeId: string;
  readonly type: StepType;
  /** Number of the current or last attempt; 0 before the first. */
  readonly attempt: number;
  /** The last attempt the policy allows; an operator's `retry` raises it. */
  readonly maxAttempts: number;
  /**
   * Fence of the current or last attempt. It stays after the attempt settled, so that a repeated settle of the same
   * attempt is known for what it is; it is cleared when the attempt lost its lease.
   */
  readonly token: LeaseToken | null;
  /** When the step last became ready to run; null while its needs are not done. */
  readonly queuedAt: Date | null;
  /** When the current or last attempt began. */
  readonly startedAt: Date | null;
  /** Why the last failed attempt failed. */
  readonly error: StepError | null;
}

/** Not begun: blocked while `pendingNeeds` is above 0, else ready. */
export interface PendingStep extends StepBase {
  readonly status: "PENDING";
  /** How many of its needs are not done. */
  readonly pendingNeeds: number;
}

/** An attempt holds the lease. */
export interface RunningStep extends StepBase {
  readonly status: "RUNNING";
  readonly token: LeaseToken;
  readonly startedAt: Date;
  readonly leaseExpiresAt: Date;
}

/** The last attempt failed and another one follows at `dueAt`. */
export interface RetryingStep extends StepBase {
  readonly status: "RETRYING";
  readonly error: StepError;
  /** When the wait for `dueAt` began; null where it was not kept (rows of earlier releases). */
  readonly failedAt: Date | null;
  readonly dueAt: Date;
}

/** Waiting for a timer (`dueAt`) or for something that has no instant (null). */
export interface WaitingStep extends StepBase {
  readonly status: "WAITING";
  readonly dueAt: Date | null;
}

/** Done, with an output that is stored beside the step. */
export interface CompletedStep extends StepBase {
  readonly status: "COMPLETED";
  readonly endedAt: Date;
}

/** Done without success: no attempt is left, or another try could not help. */
export interface FailedStep extends StepBase {
  readonly status: "FAILED";
  readonly error: StepError;
  readonly endedAt: Date;
}

/** Its `if` was false; its output is null. */
export interface SkippedStep extends StepBase {
  readonly status: "SKIPPED";
  readonly endedAt: Date;
}

/** The run ended before the step could. */
export interface CanceledStep extends StepBase {
  readonly status: "CANCELED";
  readonly endedAt: Date;
}

/** One node of a run, in one of its states. */
export type Step =
  | PendingStep
  | RunningStep
  | RetryingStep
  | WaitingStep
  | CompletedStep
  | FailedStep
  | SkippedStep
  | CanceledStep;

/**
 * Gives the instant at which something is due for a step: ready since, retry due, lease end, or timer. This is the
 * score of its queue message and what the sweeper looks for.
 *
 * @param step - A step in any state.
 * @returns The instant, or null when nothing is due by itself.
 */
export function dueAtOf(step: Step): Date | null {
  switch (step.status) {
    case "PENDING":
      return step.pendingNeeds > 0 ? null : step.queuedAt;
    case "RUNNING":
      return step.leaseExpiresAt;
    case "RETRYING":
    case "WAITING":
      return step.dueAt;
    case "COMPLETED":
    case "FAILED":
    case "SKIPPED":
    case "CANCELED":
      return null;
  }
}

/**
 * Tells whether a step can still move by itself.
 *
 * @param step - A step in any state.
 * @returns Whether it is not done.
 */
export function isUnfinished(step: Step): step is PendingStep | RunningStep | RetryingStep | WaitingStep {
  return (
    step.status === "PENDING" || step.status === "RUNNING" || step.status === "RETRYING" || step.status === "WAITING"
  );
}
