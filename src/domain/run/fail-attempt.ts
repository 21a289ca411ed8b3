import type { LeaseToken } from "../ids.ts";
import { nodeOf } from "../plan/plan-index.ts";
import { decideRetry } from "../retry/policy.ts";
import { completeNeed } from "./complete-need.ts";
import type { DecideContext } from "./decision.ts";
import type { RunDraft } from "./draft.ts";
import type { StepError } from "./outcome.ts";
import { isActive } from "./run.ts";
import type { FailedStep, RunningStep } from "./step.ts";

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
 * the run unless the step says `onError: continue`.
 *
 * @param draft - The decision in the making.
 * @param step - The step whose attempt failed.
 * @param failure - Why.
 * @param context - Plan, instant and randomness.
 */
export function failAttempt(draft: RunDraft, step: RunningStep, failure: AttemptFailure, context: DecideContext): void {
  const { now } = context;
  const { error, token } = failure;
  const { leaseExpiresAt: _, ...rest } = step;
  const failed: FailedStep = { ...rest, status: "FAILED", token, error, endedAt: now };
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
  const run = draft.run;
  if (!isActive(run) || run.failure !== null) {
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
  const { endedAt: _, ...rest } = failed;
  draft.moveStep(
    failed,
    { ...rest, status: "RETRYING", failedAt: context.now, queuedAt: dueAt, dueAt },
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

function giveUp(draft: RunDraft, failed: FailedStep, context: DecideContext): void {
  const node = nodeOf(context.plan, failed.nodeId);
  if (node.onError === "continue") {
    completeNeed(draft, node, context);
    return;
  }
  const run = draft.run;
  if (isActive(run) && run.failure === null) {
    draft.setRun({ ...run, failure: { ...failed.error, step: failed.key, attempt: failed.attempt } });
  }
}
