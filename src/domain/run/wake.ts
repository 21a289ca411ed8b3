import { DEADLINE, targetText } from "../target.ts";
import { beginAdmitted } from "./begin-attempt.ts";
import type { Reply, WakeCommand, WakeRefusal } from "./command.ts";
import type { DecideContext } from "./decision.ts";
import type { RunDraft } from "./draft.ts";
import { boundWait, waitForRetry, waitForTimer } from "./due.ts";
import { failRun } from "./end-run.ts";
import { failAttempt } from "./fail-attempt.ts";
import { completeStep } from "./finish-step.ts";
import { mayBegin } from "./may-begin.ts";
import { isActive } from "./run.ts";
import type { RunningStep, Step, WaitingStep } from "./step.ts";

/**
 * A step that stops the runtime takes the attempts of others with it. Were all of them repeated at once, they would meet
 * again and again, until their policies end. So what was lost twice in a row waits a random time, at most this long.
 */
const LOST_AGAIN_MS_MAX = 30_000;

/**
 * Applies a `wake`: something may be due. A lease that ran out is settled as a failed attempt first, whatever else the
 * run is doing, so that no run waits for an attempt that is gone; and a timer fires even in a pause.
 *
 * @param draft - The decision in the making.
 * @param command - Names what may be due.
 * @param context - Plan, instant, room and randomness.
 * @returns What it came to; a refusal puts the message back to when it can matter again, or takes it off the queue.
 */
export function applyWake(draft: RunDraft, { target }: WakeCommand, context: DecideContext): Reply {
  if (target.kind === "deadline") {
    return endInTime(draft, context);
  }
  const step = draft.step(target.stepKey);
  if (step === undefined) {
    return refuse(draft, target.stepKey, "unknown_step", null);
  }
  if (!isActive(draft.run)) {
    return refuse(draft, step.key, "run_ended", null);
  }
  if (step.status === "RUNNING") {
    return expireLease(draft, step, context);
  }
  return step.status === "WAITING" ? fireTimer(draft, step, context) : begin(draft, step, context);
}

function begin(draft: RunDraft, step: Step, context: DecideContext): Reply {
  const verdict = mayBegin(draft, step, context.now);
  if (verdict === "not_due" && step.status === "RETRYING") {
    waitForRetry(draft, step, context);
    return { kind: "wake_refused", reason: verdict };
  }
  if (typeof verdict === "string") {
    return refuse(draft, step.key, verdict, null);
  }
  return beginAdmitted(draft, verdict, context) ? { kind: "applied" } : refuse(draft, step.key, "no_room", context.now);
}

function fireTimer(draft: RunDraft, step: WaitingStep, context: DecideContext): Reply {
  const { kind } = step.waitingFor;
  if (kind === "items" || kind === "block") {
    draft.touch(step);
    return refuse(draft, step.key, "waiting", null);
  }
  if (step.dueAt === null || step.dueAt > context.now) {
    waitForTimer(draft, step, context);
    return { kind: "wake_refused", reason: "not_due" };
  }
  const output = { payload: null, by: null, timedOut: kind === "signal" };
  completeStep(draft, step, { actor: "system", payload: { output } }, context);
  return { kind: "applied" };
}

function expireLease(draft: RunDraft, step: RunningStep, context: DecideContext): Reply {
  if (step.leaseExpiresAt > context.now) {
    // After the clock moved back; a lease that its shard still renews gets its right end by that anyway.
    const leaseExpiresAt = boundWait(step.leaseExpiresAt, context.leaseMs, context.now);
    if (leaseExpiresAt < step.leaseExpiresAt) {
      draft.setStep(step, { ...step, leaseExpiresAt });
    }
    return refuse(draft, step.key, "leased", leaseExpiresAt);
  }
  const isAgain = step.error?.code === "lease_expired";
  const error = {
    code: "lease_expired",
    message: isAgain
      ? `attempt ${step.attempt} did not report back before its lease ended, and neither did the one before: the consumer or shard was lost each time. The step itself may be what stops them, by a loop without end, or by more CPU or memory than a call may take`
      : `attempt ${step.attempt} did not report back before its lease ended: its consumer or shard was lost`,
  };
  const retryAfterMs = isAgain ? Math.round(context.fraction * LOST_AGAIN_MS_MAX) : null;
  // Without its token the lost attempt cannot settle any more: its late result is recorded, not applied.
  failAttempt(draft, step, { error, retryable: true, retryAfterMs, token: null }, context);
  return { kind: "lease_expired" };
}

function endInTime(draft: RunDraft, context: DecideContext): Reply {
  const { run } = draft;
  const target = targetText(DEADLINE);
  if (!isActive(run)) {
    return refuse(draft, target, "run_ended", null);
  }
  if (run.deadlineAt === null) {
    return refuse(draft, target, "no_deadline", null);
  }
  if (run.deadlineAt > context.now) {
    const deadlineAt = boundWait(run.deadlineAt, context.plan.plan.timeoutMs, context.now);
    if (deadlineAt < run.deadlineAt) {
      draft.setRun({ ...run, deadlineAt });
    }
    return refuse(draft, target, "not_due", deadlineAt);
  }
  const failure = {
    code: "run_timeout",
    message: `the run did not end before its deadline ${run.deadlineAt.toISOString()}; raise the recipe's timeout`,
    step: null,
    attempt: null,
  };
  failRun(draft, failure, "system", context);
  return { kind: "applied" };
}

function refuse(draft: RunDraft, target: string, reason: WakeRefusal, visibleAt: Date | null): Reply {
  draft.setMessage(target, visibleAt);
  return { kind: "wake_refused", reason };
}
