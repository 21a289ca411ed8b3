import { InvariantError } from "../errors.ts";
import type { Actor } from "./command.ts";
import { unfinishedCount } from "./counts.ts";
import { queueDeadline } from "./deadline.ts";
import type { DecideContext } from "./decision.ts";
import type { RunDraft } from "./draft.ts";
import type { RunError } from "./outcome.ts";
import { type ActiveRun, isActive } from "./run.ts";
import { isUnfinished, type Step } from "./step.ts";

/**
 * Moves the run to the state that its steps add up to: every command ends with this.
 *
 * @param draft - The decision in the making.
 * @param context - Instant.
 * @returns `incomplete` when the run ends and not all of its unfinished steps are loaded.
 */
export function advanceRun(draft: RunDraft, context: DecideContext): "done" | "incomplete" {
  const run = draft.run;
  if (!isActive(run)) {
    return "done";
  }
  if (run.failure !== null) {
    return run.counts.running > 0 ? "done" : failRun(draft, run.failure, "system", context);
  }
  if (unfinishedCount(run.counts) === 0) {
    draft.moveRun(
      { ...ended(run), status: "COMPLETED", endedAt: context.now },
      { type: "RUN_COMPLETED", at: context.now, actor: "system" },
    );
    queueDeadline(draft);
    return "done";
  }
  settleStatus(draft, run, context);
  return "done";
}

/**
 * Gives the state that an active run is in by its steps alone.
 *
 * @param run - An active run.
 * @returns Its state, were it not paused.
 */
export function statusBySteps(run: ActiveRun): "PENDING" | "RUNNING" | "RETRYING" | "WAITING" {
  const { ready, running, retrying } = run.counts;
  if (run.startedAt === null) {
    return "PENDING";
  }
  if (running + ready > 0) {
    return "RUNNING";
  }
  return retrying > 0 ? "RETRYING" : "WAITING";
}

const STATUS_EVENTS = { RUNNING: "RUN_RUNNING", RETRYING: "RUN_RETRYING", WAITING: "RUN_WAITING" } as const;

function settleStatus(draft: RunDraft, run: ActiveRun, context: DecideContext): void {
  const status = statusBySteps(run);
  if (run.status === "PAUSED" || status === "PENDING" || status === run.status) {
    return;
  }
  draft.moveRun({ ...run, status }, { type: STATUS_EVENTS[status], at: context.now, actor: "system" });
}

/**
 * Ends a run as failed: its unfinished steps are canceled, attempts that run lose their lease.
 *
 * @param draft - The decision in the making; its run is active.
 * @param failure - Why it failed.
 * @param actor - Who caused it.
 * @param context - Instant.
 * @returns `incomplete` when not all unfinished steps are loaded; nothing has changed then.
 */
export function failRun(
  draft: RunDraft,
  failure: RunError,
  actor: Actor,
  context: DecideContext,
): "done" | "incomplete" {
  if (!cancelUnfinished(draft, context)) {
    return "incomplete";
  }
  draft.moveRun(
    { ...ended(draft.run), status: "FAILED", failure, endedAt: context.now },
    { type: "RUN_FAILED", at: context.now, actor, data: { ...failure } },
  );
  queueDeadline(draft);
  return "done";
}

/**
 * Ends a run on an operator's word.
 *
 * @param draft - The decision in the making; its run is active.
 * @param by - Who, and why.
 * @param context - Instant.
 * @returns `incomplete` when not all unfinished steps are loaded; nothing has changed then.
 */
export function cancelRun(
  draft: RunDraft,
  by: { readonly actor: Actor; readonly reason: string | null },
  context: DecideContext,
): "done" | "incomplete" {
  if (!cancelUnfinished(draft, context)) {
    return "incomplete";
  }
  draft.moveRun(
    { ...ended(draft.run), status: "CANCELED", endedAt: context.now },
    { type: "RUN_CANCELED", at: context.now, actor: by.actor, data: { reason: by.reason } },
  );
  queueDeadline(draft);
  return "done";
}

function cancelUnfinished(draft: RunDraft, context: DecideContext): boolean {
  if (!draft.knowsUnfinished()) {
    return false;
  }
  for (const step of draft.steps().filter(isUnfinished)) {
    draft.moveStep(step, canceled(step, context.now), { type: "STEP_CANCELED", at: context.now, actor: "system" });
    draft.setMessage(step.key, null);
  }
  return true;
}

function canceled(step: Step, endedAt: Date): Step {
  const { runId, key, nodeId, type, attempt, maxAttempts, queuedAt, startedAt, error } = step;
  const base = { runId, key, nodeId, type, attempt, maxAttempts, queuedAt, startedAt, error };
  return { ...base, status: "CANCELED", token: null, endedAt };
}

/** The fields that a run keeps when it ends. Read from the draft after its steps moved, so that the counts are new. */
function ended(run: RunDraft["run"]): Omit<ActiveRun, "status" | "failure"> {
  if (!isActive(run)) {
    throw new InvariantError(`run ${run.id} has ended already`);
  }
  const { status: _status, failure: _failure, ...rest } = run;
  return rest;
}
