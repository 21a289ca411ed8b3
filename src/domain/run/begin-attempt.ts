import { leaseTokenOf } from "../ids.ts";
import type { DecideContext } from "./decision.ts";
import type { RunDraft } from "./draft.ts";
import { isActive } from "./run.ts";
import type { PendingStep, RetryingStep, RunningStep } from "./step.ts";

/**
 * Begins an attempt of a step that is ready: takes a fresh lease and hands the step over. The message goes onto the
 * queue already claimed, until the lease ends.
 *
 * @param draft - The decision in the making; its run is active.
 * @param step - A step that is ready or whose backoff has passed.
 * @param context - Instant, lease length and randomness.
 */
export function beginAttempt(draft: RunDraft, step: PendingStep | RetryingStep, context: DecideContext): void {
  const { now } = context;
  const run = draft.run;
  if (isActive(run) && run.status !== "RUNNING") {
    const type = run.startedAt === null ? "RUN_STARTED" : "RUN_RUNNING";
    draft.moveRun({ ...run, status: "RUNNING", startedAt: run.startedAt ?? now }, { type, at: now, actor: "system" });
  }
  const { key, runId, nodeId, type, attempt, maxAttempts, queuedAt, error } = step;
  const running: RunningStep = {
    status: "RUNNING",
    runId,
    key,
    nodeId,
    type,
    attempt: attempt + 1,
    maxAttempts,
    queuedAt,
    error,
    token: leaseTokenOf(context.seed, draft.begunCount),
    startedAt: now,
    leaseExpiresAt: new Date(now.getTime() + context.leaseMs),
  };
  draft.moveStep(step, running, { type: "STEP_STARTED", at: now, actor: "system" });
  draft.setMessage(key, running.leaseExpiresAt);
  draft.handOver(running);
}

/**
 * Begins a ready step if there is room, and queues it if there is none.
 *
 * @param draft - The decision in the making; its run is active, not paused and not failing.
 * @param step - A step that is ready or whose backoff has passed.
 * @param context - Room, instant, lease length and randomness.
 */
export function beginOrQueue(draft: RunDraft, step: PendingStep | RetryingStep, context: DecideContext): void {
  if (draft.begunCount < context.room) {
    beginAttempt(draft, step, context);
  } else {
    draft.setMessage(step.key, context.now);
  }
}
