import { DEADLINE_KEY } from "../ids.ts";
import { beginOrQueue } from "./begin-attempt.ts";
import type { CancelCommand, ExpireCommand, PauseCommand, Reply, ResumeCommand } from "./command.ts";
import type { DecideContext, Incomplete } from "./decision.ts";
import type { RunDraft } from "./draft.ts";
import { cancelRun, failRun, statusBySteps } from "./end-run.ts";
import { isActive } from "./run.ts";
import { boundWait, waitForRetry } from "./wait.ts";

/** A handler's answer: the reply, or that more steps must be loaded first. */
export type HandlerResult = Reply | Incomplete;

const INCOMPLETE: Incomplete = { kind: "incomplete" };
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
export function applyCancel(draft: RunDraft, command: CancelCommand, context: DecideContext): HandlerResult {
  if (!isActive(draft.run)) {
    return conflict(draft, `the run is ${draft.run.status} already; only a run that has not ended can be canceled`);
  }
  return cancelRun(draft, command, context) === "done" ? APPLIED : INCOMPLETE;
}

/**
 * Applies a `pause`.
 *
 * @param draft - The decision in the making.
 * @param command - Who and why.
 * @param context - Instant.
 * @returns `applied`, or a conflict when the run has ended or is paused.
 */
export function applyPause(draft: RunDraft, command: PauseCommand, context: DecideContext): HandlerResult {
  const { run } = draft;
  if (!isActive(run) || run.status === "PAUSED") {
    return conflict(draft, `the run is ${run.status}; only a run that is under way can be paused`);
  }
  const { actor, reason } = command;
  draft.moveRun({ ...run, status: "PAUSED" }, { type: "RUN_PAUSED", at: context.now, actor, data: { reason } });
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
export function applyResume(draft: RunDraft, command: ResumeCommand, context: DecideContext): HandlerResult {
  const { run } = draft;
  if (!isActive(run) || run.status !== "PAUSED") {
    return conflict(draft, `the run is ${run.status}; only a PAUSED run can be resumed`);
  }
  if (!draft.knowsUnfinished()) {
    return INCOMPLETE;
  }
  const { actor } = command;
  draft.moveRun({ ...run, status: statusBySteps(run) }, { type: "RUN_RESUMED", at: context.now, actor });
  if (run.failure === null) {
    queueDueSteps(draft, context);
  }
  return APPLIED;
}

/**
 * Begins or queues every loaded step that is ready, due or waiting for its backoff.
 *
 * @param draft - The decision in the making; its run is active, not paused and not failing.
 * @param context - Instant, room and randomness.
 */
export function queueDueSteps(draft: RunDraft, context: DecideContext): void {
  for (const step of draft.steps()) {
    if (step.status === "PENDING" && step.pendingNeeds === 0) {
      beginOrQueue(draft, step, context);
    }
    if (step.status === "RETRYING" && step.dueAt <= context.now) {
      beginOrQueue(draft, step, context);
    }
    if (step.status === "RETRYING" && step.dueAt > context.now) {
      waitForRetry(draft, step, context);
    }
  }
}

/**
 * Applies an `expire`: the run fails if its deadline has passed.
 *
 * @param draft - The decision in the making.
 * @param _command - Carries nothing.
 * @param context - Instant.
 * @returns `applied`, or a refusal that leaves the message as late as the deadline.
 */
export function applyExpire(draft: RunDraft, _command: ExpireCommand, context: DecideContext): HandlerResult {
  const { run } = draft;
  if (!isActive(run) || run.deadlineAt === null) {
    draft.setMessage(DEADLINE_KEY, null);
    return { kind: "begin_refused", reason: "run_ended" };
  }
  if (run.deadlineAt > context.now) {
    const deadlineAt = boundWait(run.deadlineAt, context.plan.plan.timeoutMs, context.now);
    if (deadlineAt < run.deadlineAt) {
      draft.setRun({ ...run, deadlineAt });
    }
    draft.setMessage(DEADLINE_KEY, deadlineAt);
    return { kind: "begin_refused", reason: "not_due" };
  }
  const failure = {
    code: "run_timeout",
    message: `the run did not end before its deadline ${run.deadlineAt.toISOString()}; raise the recipe's timeout`,
    step: null,
    attempt: null,
  };
  return failRun(draft, failure, "system", context) === "done" ? APPLIED : INCOMPLETE;
}
