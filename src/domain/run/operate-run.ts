import { beginIfAllowed } from "./begin-attempt.ts";
import type { CancelCommand, PauseCommand, Reply, ResumeCommand } from "./command.ts";
import type { DecideContext } from "./decision.ts";
import type { RunDraft } from "./draft.ts";
import { waitForRetry, waitForTimer } from "./due.ts";
import { cancelRun } from "./end-run.ts";
import { isActive, statusOf } from "./run.ts";
import { isPendingItem } from "./step.ts";

const APPLIED: Reply = { kind: "applied" };

/**
 * Makes the refusal of a command that the run's state does not allow.
 *
 * @param draft - The decision in the making.
 * @param detail - What is not possible and what is.
 * @returns The refusal.
 */
export function conflict(draft: RunDraft, detail: string): Reply {
  return { kind: "conflict", status: draft.run.status, detail };
}

/**
 * Applies a `cancel`.
 *
 * @param draft - The decision in the making.
 * @param command - Who and why.
 * @param context - Instant.
 * @returns `applied`, or a conflict when the run has ended.
 */
export function applyCancel(draft: RunDraft, command: CancelCommand, context: DecideContext): Reply {
  if (!isActive(draft.run)) {
    return conflict(draft, `the run is ${draft.run.status} already; only a run that has not ended can be canceled`);
  }
  cancelRun(draft, command, context);
  return APPLIED;
}

/**
 * Applies a `pause`.
 *
 * @param draft - The decision in the making.
 * @param command - Who and why.
 * @param context - Instant.
 * @returns `applied`, or a conflict when the run has ended or is paused.
 */
export function applyPause(draft: RunDraft, command: PauseCommand, context: DecideContext): Reply {
  const { run } = draft;
  if (!isActive(run) || run.hold !== null) {
    return conflict(draft, `the run is ${run.status}; only a run that is under way can be paused`);
  }
  const { actor, reason } = command;
  const held = { ...run, hold: { actor, reason } };
  draft.moveRun({ ...held, status: statusOf(held) }, { type: "RUN_PAUSED", at: context.now, actor, data: { reason } });
  return APPLIED;
}

/**
 * Applies a `resume`: what became ready or due during the pause begins, or goes back on the queue.
 *
 * @param draft - The decision in the making.
 * @param command - Who.
 * @param context - Instant, room and randomness.
 * @returns `applied`, or a conflict when the run is not paused.
 */
export function applyResume(draft: RunDraft, command: ResumeCommand, context: DecideContext): Reply {
  const { run } = draft;
  if (!isActive(run) || run.hold === null) {
    return conflict(draft, `the run is ${run.status}; only a PAUSED run can be resumed`);
  }
  draft.requireUnfinished();
  const { actor } = command;
  const resumed = { ...run, hold: null };
  draft.moveRun({ ...resumed, status: statusOf(resumed) }, { type: "RUN_RESUMED", at: context.now, actor });
  goOn(draft, context);
  return APPLIED;
}

/**
 * Begins or queues every loaded step that may begin, and puts the messages of those that wait back on the queue.
 *
 * @param draft - The decision in the making; its run is active and not held.
 * @param context - Instant, room and randomness.
 */
export function goOn(draft: RunDraft, context: DecideContext): void {
  for (const { key } of draft.steps()) {
    const step = draft.requireStep(key);
    draft.touch(step);
    if (step.status === "RETRYING" && step.dueAt > context.now) {
      waitForRetry(draft, step, context);
    } else if (step.status === "WAITING" && step.dueAt !== null) {
      waitForTimer(draft, step, context);
    } else if (!isPendingItem(step)) {
      beginIfAllowed(draft, step, context);
    }
  }
}
