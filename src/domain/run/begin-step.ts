import { beginAttempt } from "./begin-attempt.ts";
import type { BeginCommand, BeginRefusal, Reply } from "./command.ts";
import type { DecideContext } from "./decision.ts";
import type { RunDraft } from "./draft.ts";
import { failAttempt } from "./fail-attempt.ts";
import { isActive } from "./run.ts";
import type { RunningStep, Step } from "./step.ts";
import { boundWait, waitForRetry } from "./wait.ts";

/**
 * A step that stops the runtime takes the attempts of others with it. Were all of them repeated at once, they would meet
 * again and again, until their policies end. So what was lost twice in a row waits a random time, at most this long.
 */
const LOST_AGAIN_MS_MAX = 30_000;

/**
 * Applies a `begin`: a message says that a step may be due. A lease that ran out is settled as a failed attempt first,
 * whatever else the run is doing, so that no run waits for an attempt that is gone.
 *
 * @param draft - The decision in the making.
 * @param command - Names the step.
 * @param context - Instant, room and randomness.
 * @returns What it came to; a refusal puts the message back to when it can matter again, or takes it off the queue.
 */
export function applyBegin(draft: RunDraft, command: BeginCommand, context: DecideContext): Reply {
  const step = draft.step(command.stepKey);
  if (step === undefined) {
    return refuse(draft, command, "unknown_step", null);
  }
  if (!isActive(draft.run)) {
    return refuse(draft, command, "run_ended", null);
  }
  if (step.status === "RUNNING") {
    return expireLease(draft, step, context);
  }
  if (draft.run.status === "PAUSED") {
    return refuse(draft, command, "run_paused", null);
  }
  if (draft.run.failure !== null) {
    return refuse(draft, command, "run_failing", null);
  }
  return beginIfDue(draft, command, step, context);
}

function beginIfDue(draft: RunDraft, command: BeginCommand, step: Step, context: DecideContext): Reply {
  if (step.status !== "PENDING" && step.status !== "RETRYING") {
    return refuse(draft, command, "step_done", null);
  }
  if (step.status === "PENDING" && step.pendingNeeds > 0) {
    return refuse(draft, command, "not_ready", null);
  }
  if (step.status === "RETRYING" && step.dueAt > context.now) {
    waitForRetry(draft, step, context);
    return { kind: "begin_refused", reason: "not_due" };
  }
  if (context.room <= 0) {
    return refuse(draft, command, "no_room", context.now);
  }
  beginAttempt(draft, step, context);
  return { kind: "applied" };
}

function expireLease(draft: RunDraft, step: RunningStep, context: DecideContext): Reply {
  if (step.leaseExpiresAt > context.now) {
    // After the clock moved back; a lease that its shard still renews gets its right end by that anyway.
    const leaseExpiresAt = boundWait(step.leaseExpiresAt, context.leaseMs, context.now);
    if (leaseExpiresAt < step.leaseExpiresAt) {
      draft.setStep(step, { ...step, leaseExpiresAt });
    }
    draft.setMessage(step.key, leaseExpiresAt);
    return { kind: "begin_refused", reason: "leased" };
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

function refuse(draft: RunDraft, command: BeginCommand, reason: BeginRefusal, visibleAt: Date | null): Reply {
  draft.setMessage(command.stepKey, visibleAt);
  return { kind: "begin_refused", reason };
}
