import { nodeOf } from "../plan/plan-index.ts";
import { DEADLINE, targetText } from "../target.ts";
import type { DecideContext } from "./decision.ts";
import type { RunDraft } from "./draft.ts";
import { isActive } from "./run.ts";
import type { RetryingStep, WaitingStep } from "./step.ts";

/**
 * Bounds a wait by what was asked for. Without this, a clock that moved back would make it longer by as much: an
 * instant that was set before the move lies too far ahead after it.
 *
 * @param until - When the wait was to end.
 * @param askedMs - How long the wait was when it began, in ms; null when that is not known, or an instant was asked for.
 * @param now - The instant.
 * @returns `until`, or the time asked for from now on when that is earlier.
 */
export function boundWait(until: Date, askedMs: number | null, now: Date): Date {
  return askedMs === null ? until : new Date(Math.min(until.getTime(), now.getTime() + askedMs));
}

/**
 * Puts the message of a step that waits for its backoff back to when the backoff has passed. After the clock moved
 * back, the backoff begins anew.
 *
 * @param draft - The decision in the making.
 * @param step - A step whose backoff has not passed.
 * @param context - Instant.
 */
export function waitForRetry(draft: RunDraft, step: RetryingStep, { now }: DecideContext): void {
  const askedMs = step.failedAt === null ? null : step.dueAt.getTime() - step.failedAt.getTime();
  const dueAt = boundWait(step.dueAt, askedMs, now);
  if (dueAt < step.dueAt) {
    draft.setStep(step, { ...step, failedAt: now, queuedAt: dueAt, dueAt });
  }
  draft.setMessage(step.key, dueAt);
}

/**
 * Puts the message of a step that waits for a timer back to when it fires. After the clock moved back, a wait that was
 * asked for by its length begins anew; one that was asked for by an instant stays.
 *
 * @param draft - The decision in the making.
 * @param step - A step whose timer has not fired, or that has none.
 * @param context - Plan and instant.
 */
export function waitForTimer(draft: RunDraft, step: WaitingStep, { plan, now }: DecideContext): void {
  if (step.dueAt === null) {
    draft.setMessage(step.key, null);
    return;
  }
  const node = nodeOf(plan, step.nodeId);
  const isInstant = node.type === "wait" && node.with.kind === "until";
  const askedMs = isInstant ? null : step.dueAt.getTime() - step.startedAt.getTime();
  const dueAt = boundWait(step.dueAt, askedMs, now);
  if (dueAt < step.dueAt) {
    draft.setStep(step, { ...step, startedAt: now, dueAt });
  }
  draft.setMessage(step.key, dueAt);
}

/**
 * Gives the deadline of a run that starts now, or goes on now.
 *
 * @param context - Plan and instant.
 * @returns The instant, or null when the recipe sets no timeout.
 */
export function deadlineFrom(context: DecideContext): Date | null {
  const { timeoutMs } = context.plan.plan;
  return timeoutMs === null ? null : new Date(context.now.getTime() + timeoutMs);
}

/**
 * Puts the message of the run's deadline on the queue, or takes it off when the run has ended. A run without a
 * deadline has no such message.
 *
 * @param draft - The decision in the making.
 */
export function queueDeadline(draft: RunDraft): void {
  const { run } = draft;
  if (run.deadlineAt !== null) {
    draft.setMessage(targetText(DEADLINE), isActive(run) ? run.deadlineAt : null);
  }
}
