import { leaseTokenOf } from "../ids.ts";
import type { DecideContext } from "./decision.ts";
import type { RunDraft } from "./draft.ts";
import { mayBegin } from "./may-begin.ts";
import { isActive } from "./run.ts";
import { baseOf, type PendingStep, type RetryingStep, type RunningStep, type Step } from "./step.ts";

/**
 * Begins an attempt of a step if it may begin and there is room. One that may not only stays as it is; one without room
 * goes on the queue.
 *
 * @param draft - The decision in the making; what holds the step is loaded.
 * @param step - A step of its run.
 * @param context - Room, instant, lease length and randomness.
 */
export function beginIfAllowed(draft: RunDraft, step: Step, context: DecideContext): void {
  const verdict = mayBegin(draft, step, context.now);
  if (typeof verdict !== "object") {
    return;
  }
  if (!beginAdmitted(draft, verdict, context)) {
    draft.setMessage(step.key, context.now);
  }
}

/**
 * Begins an attempt of a step that may begin, if there is room: takes a fresh lease and hands the step over. The message
 * goes onto the queue already claimed, until the lease ends.
 *
 * @param draft - The decision in the making.
 * @param step - A step that may begin.
 * @param context - Room, instant, lease length and randomness.
 * @returns Whether there was room.
 */
export function beginAdmitted(draft: RunDraft, step: PendingStep | RetryingStep, context: DecideContext): boolean {
  if (draft.begunCount >= context.admission.room) {
    return false;
  }
  const { now } = context;
  const { run } = draft;
  if (isActive(run) && run.status !== "RUNNING") {
    const type = run.startedAt === null ? "RUN_STARTED" : "RUN_RUNNING";
    draft.moveRun({ ...run, status: "RUNNING", startedAt: run.startedAt ?? now }, { type, at: now, actor: "system" });
  }
  const running: RunningStep = {
    ...baseOf(step),
    status: "RUNNING",
    attempt: step.attempt + 1,
    token: leaseTokenOf(context.seed, draft.begunCount),
    startedAt: now,
    leaseExpiresAt: new Date(now.getTime() + context.leaseMs),
  };
  draft.moveStep(step, running, { type: "STEP_STARTED", at: now, actor: "system" });
  draft.setMessage(step.key, running.leaseExpiresAt);
  draft.handOver(running);
  return true;
}
