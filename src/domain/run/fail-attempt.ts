import type { LeaseToken } from "../ids.ts";
import { itemAround } from "../path.ts";
import { nodeOf } from "../plan/plan-index.ts";
import { decideRetry } from "../retry/policy.ts";
import type { DecideContext } from "./decision.ts";
import type { RunDraft } from "./draft.ts";
import { completeNeed } from "./finish-step.ts";
import { mayGoOn } from "./may-begin.ts";
import type { StepError } from "./outcome.ts";
import { isActive } from "./run.ts";
import { baseOf, type FailedStep, isOpenItem, type RunningStep } from "./step.ts";

/** Why an attempt failed and what it asks for. */
export interface AttemptFailure {
  readonly error: StepError;
  readonly retryable: boolean;
  readonly retryAfterMs: number | null;
  /** The token the step keeps: the attempt's own, or null when the attempt lost its lease. */
  readonly token: LeaseToken | null;
}

/**
 * Fails an attempt: the retry policy decides whether another follows; without one the step has failed, which sinks
 * what holds it (its item, or the run) unless the step says `onError: continue`.
 *
 * @param draft - The decision in the making; the step's dependents and what holds it are loaded.
 * @param step - The step whose attempt failed.
 * @param failure - Why.
 * @param context - Plan, instant and randomness.
 */
export function failAttempt(draft: RunDraft, step: RunningStep, failure: AttemptFailure, context: DecideContext): void {
  const { now } = context;
  const { error, token } = failure;
  const failed: FailedStep = { ...baseOf(step), status: "FAILED", token, error, endedAt: now };
  draft.moveStep(step, failed, {
    type: "STEP_FAILED",
    at: now,
    actor: token === null ? "system" : "consumer",
    data: { ...error },
  });
  draft.setMessage(step.key, null);
  if (!retryLater(draft, failed, failure, context)) {
    giveUp(draft, failed, context);
  }
}

function retryLater(draft: RunDraft, failed: FailedStep, failure: AttemptFailure, context: DecideContext): boolean {
  if (mayGoOn(draft, failed) !== "yes") {
    return false;
  }
  const { attempt, maxAttempts } = failed;
  const { retryable, retryAfterMs } = failure;
  const verdict = decideRetry(
    nodeOf(context.plan, failed.nodeId).retry,
    { code: failed.error.code, retryable, retryAfterMs, attempt, maxAttempts },
    context.fraction,
  );
  if (!verdict.retry) {
    return false;
  }
  const dueAt = new Date(context.now.getTime() + verdict.delayMs);
  draft.moveStep(
    failed,
    { ...baseOf(failed), status: "RETRYING", error: failed.error, failedAt: context.now, queuedAt: dueAt, dueAt },
    {
      type: "STEP_RETRYING",
      at: context.now,
      actor: "system",
      data: { delayMs: verdict.delayMs, dueAt: dueAt.toISOString(), attemptsLeft: maxAttempts - attempt },
    },
  );
  draft.setMessage(failed.key, dueAt);
  return true;
}

/**
 * Lets a failure have its effect: those that need the step go on when it says `onError: continue`; otherwise what holds
 * it begins nothing new and fails once its work is done.
 *
 * @param draft - The decision in the making; the step's dependents and what holds it are loaded.
 * @param failed - A step that has failed for good.
 * @param context - Plan, instant and randomness.
 */
export function giveUp(draft: RunDraft, failed: FailedStep, context: DecideContext): void {
  if (nodeOf(context.plan, failed.nodeId).onError === "continue") {
    completeNeed(draft, failed.key, context);
    return;
  }
  const itemKey = itemAround(failed.key);
  if (itemKey !== null) {
    sinkItem(draft, draft.requireStep(itemKey), failed);
    return;
  }
  const { run } = draft;
  if (isActive(run) && run.phase === "forward") {
    const failure = { ...failed.error, step: failed.key, attempt: failed.attempt };
    draft.setRun({ ...run, phase: "failing", failure });
  }
}

function sinkItem(draft: RunDraft, item: ReturnType<RunDraft["requireStep"]>, { error }: FailedStep): void {
  if (isOpenItem(item) && item.waitingFor.failure === null) {
    draft.setStep(item, { ...item, waitingFor: { ...item.waitingFor, failure: error } });
  }
}
