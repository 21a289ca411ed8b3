import type { DecideContext } from "./decision.ts";
import type { RunDraft } from "./draft.ts";
import type { RetryingStep } from "./step.ts";

/**
 * Bounds a wait by what was asked for. Without this, a clock that moved back would make it longer by as much: an
 * instant that was set before the move lies too far ahead after it.
 *
 * @param until - When the wait was to end.
 * @param askedMs - How long the wait was when it began, in ms; null when that is not known.
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
