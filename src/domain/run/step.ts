import type { LeaseToken, RunId, StepKey } from "../ids.ts";
import type { StepType } from "../plan/plan.ts";
import type { StepError } from "./outcome.ts";
import type { BlockProgress, ItemsProgress, WaitingFor } from "./waiting.ts";

interface StepBase {
  readonly runId: RunId;
  readonly key: StepKey;
  /** Id of the plan node this step executes; of an item, that of its `foreach`. */
  readonly nodeId: string;
  readonly type: StepType;
  /** Place in its block, or of an item in its list, from 0: the order of lists. */
  readonly position: number;
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
  /** What it waits for, or waited for last; how far its items have come. */
  readonly waitingFor: WaitingFor | null;
}

/** Not begun: blocked while `pendingNeeds` is above 0, else ready. An item that waits for its turn is blocked. */
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

/** Its attempt is over, and something else must happen: by itself at `dueAt`, or only from outside (null). */
export interface WaitingStep extends StepBase {
  readonly status: "WAITING";
  /** When it began to wait. */
  readonly startedAt: Date;
  readonly waitingFor: WaitingFor;
  readonly dueAt: Date | null;
}

/** A `foreach` whose items are under way. */
export interface ForeachStep extends WaitingStep {
  readonly waitingFor: ItemsProgress;
}

/** An item whose block is under way. */
export interface ItemStep extends WaitingStep {
  readonly waitingFor: BlockProgress;
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

/** The run, or the item it belongs to, ended before the step could. */
export interface CanceledStep extends StepBase {
  readonly status: "CANCELED";
  readonly endedAt: Date;
}

/** A step that can still move by itself. */
export type UnfinishedStep = PendingStep | RunningStep | RetryingStep | WaitingStep;

/** One node of a run, in one of its states. */
export type Step = UnfinishedStep | CompletedStep | FailedStep | SkippedStep | CanceledStep;

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
export function isUnfinished(step: Step): step is UnfinishedStep {
  return (
    step.status === "PENDING" || step.status === "RUNNING" || step.status === "RETRYING" || step.status === "WAITING"
  );
}

/**
 * Tells whether a step has work under way that is let finish when its block fails: an attempt, or items that are open.
 *
 * @param step - A step in any state.
 * @returns Whether it is at work.
 */
export function isAtWork(step: Step): boolean {
  return step.status === "RUNNING" || (isForeach(step) && step.waitingFor.open > 0);
}

/**
 * Tells a `foreach` whose items are under way.
 *
 * @param step - A step in any state.
 * @returns Whether it waits for its items.
 */
export function isForeach(step: Step): step is ForeachStep {
  return step.status === "WAITING" && step.waitingFor.kind === "items";
}

/**
 * Tells an item whose block is under way.
 *
 * @param step - A step in any state.
 * @returns Whether it waits for the steps of its block.
 */
export function isOpenItem(step: Step): step is ItemStep {
  return step.status === "WAITING" && step.waitingFor.kind === "block";
}

/**
 * Tells an item that waits for its turn to be opened again.
 *
 * @param step - A step in any state.
 * @returns Whether an operator's retry wants it again.
 */
export function isPendingItem(step: Step): step is PendingStep {
  return step.status === "PENDING" && step.type === "item";
}

/**
 * Gives the fields that a step keeps whatever becomes of it.
 *
 * @param step - A step in any state.
 * @returns Its fields without those of its state.
 */
export function baseOf(step: Step): StepBase {
  const { runId, key, nodeId, type, position, attempt, maxAttempts, token, queuedAt, startedAt, error, waitingFor } =
    step;
  return { runId, key, nodeId, type, position, attempt, maxAttempts, token, queuedAt, startedAt, error, waitingFor };
}
