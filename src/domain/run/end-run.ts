import { InvariantError } from "../errors.ts";
import type { Actor } from "./command.ts";
import { unfinishedCount } from "./counts.ts";
import type { DecideContext } from "./decision.ts";
import type { RunDraft } from "./draft.ts";
import { queueDeadline } from "./due.ts";
import type { RunEventType } from "./event.ts";
import type { RunError } from "./outcome.ts";
import { type ActiveRun, isActive, statusOf } from "./run.ts";
import { baseOf, isUnfinished, type Step } from "./step.ts";

/** The event of a run that comes into a state by itself; it comes into no other so. */
const STATUS_EVENTS: Partial<Record<ActiveRun["status"], RunEventType>> = {
  RUNNING: "RUN_RUNNING",
  RETRYING: "RUN_RETRYING",
  WAITING: "RUN_WAITING",
};

/**
 * Moves the run to the state that its steps add up to: every command ends with this.
 *
 * @param draft - The decision in the making.
 * @param context - Instant.
 */
export function advanceRun(draft: RunDraft, context: DecideContext): void {
  const { run } = draft;
  if (!isActive(run)) {
    return;
  }
  if (run.failure !== null) {
    if (run.counts.running === 0) {
      failRun(draft, run.failure, "system", context);
    }
    return;
  }
  if (unfinishedCount(run.counts) === 0) {
    draft.moveRun(
      { ...ended(run), status: "COMPLETED", endedAt: context.now },
      { type: "RUN_COMPLETED", at: context.now, actor: "system" },
    );
    queueDeadline(draft);
    return;
  }
  const status = statusOf(run);
  const type = STATUS_EVENTS[status];
  if (status !== run.status && type !== undefined) {
    draft.moveRun({ ...run, status }, { type, at: context.now, actor: "system" });
  }
}

/**
 * Ends a run as failed: its unfinished steps are canceled, attempts that run lose their lease.
 *
 * @param draft - The decision in the making; its run is active.
 * @param failure - Why it failed.
 * @param actor - Who caused it.
 * @param context - Instant.
 */
export function failRun(draft: RunDraft, failure: RunError, actor: Actor, context: DecideContext): void {
  cancelUnfinished(draft, context);
  draft.moveRun(
    { ...ended(draft.run), status: "FAILED", failure, endedAt: context.now },
    { type: "RUN_FAILED", at: context.now, actor, data: { ...failure } },
  );
  queueDeadline(draft);
}

/**
 * Ends a run on an operator's word.
 *
 * @param draft - The decision in the making; its run is active.
 * @param by - Who, and why.
 * @param context - Instant.
 */
export function cancelRun(
  draft: RunDraft,
  by: { readonly actor: Actor; readonly reason: string | null },
  context: DecideContext,
): void {
  cancelUnfinished(draft, context);
  draft.moveRun(
    { ...ended(draft.run), status: "CANCELED", endedAt: context.now },
    { type: "RUN_CANCELED", at: context.now, actor: by.actor, data: { reason: by.reason } },
  );
  queueDeadline(draft);
}

function cancelUnfinished(draft: RunDraft, context: DecideContext): void {
  draft.requireUnfinished();
  cancelSteps(draft, draft.steps().filter(isUnfinished), context);
}

/**
 * Cancels steps; attempts that run lose their lease.
 *
 * @param draft - The decision in the making.
 * @param steps - Steps that can still move.
 * @param context - Instant.
 */
export function cancelSteps(draft: RunDraft, steps: readonly Step[], { now }: DecideContext): void {
  for (const { key } of steps) {
    // Not the step as it was listed: one that held another counts what it holds.
    const step = draft.requireStep(key);
    const canceled = { ...baseOf(step), status: "CANCELED" as const, token: null, endedAt: now };
    draft.moveStep(step, canceled, { type: "STEP_CANCELED", at: now, actor: "system" });
    draft.setMessage(key, null);
  }
}

/** The fields that a run keeps when it ends. Read from the draft after its steps moved, so that the counts are new. */
function ended(run: RunDraft["run"]): Omit<ActiveRun, "status" | "phase" | "failure" | "hold"> {
  if (!isActive(run)) {
    throw new InvariantError(`run ${run.id} has ended already`);
  }
  const { status: _status, phase: _phase, failure: _failure, hold: _hold, ...rest } = run;
  return rest;
}
