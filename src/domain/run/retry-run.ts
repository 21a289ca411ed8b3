import { stepKeyOf } from "../ids.ts";
import { nodeOf, withDependents } from "../plan/plan-index.ts";
import type { RetryCommand } from "./command.ts";
import { unfinishedCount } from "./counts.ts";
import { deadlineFrom, queueDeadline } from "./deadline.ts";
import type { DecideContext } from "./decision.ts";
import type { RunDraft } from "./draft.ts";
import { conflict, type HandlerResult, queueDueSteps } from "./operate-run.ts";
import type { FailedRun } from "./run.ts";
import type { PendingStep, RetryingStep, Step } from "./step.ts";

/**
 * Applies a `retry`: a failed run goes on from what failed; what is done is reused. With `from`, that step and all that
 * depends on it run again as well.
 *
 * @param draft - The decision in the making.
 * @param command - Who, from where, and with what input.
 * @param context - Plan, instant, room and randomness.
 * @returns `applied`, a conflict when the run is not FAILED, or `unknown_step`.
 */
export function applyRetry(draft: RunDraft, command: RetryCommand, context: DecideContext): HandlerResult {
  const { run } = draft;
  if (run.status !== "FAILED") {
    return conflict(draft, `the run is ${run.status}; only a FAILED run can be retried`);
  }
  if (!knowsAllSteps(draft)) {
    return { kind: "incomplete" };
  }
  if (command.from !== null && draft.step(command.from) === undefined) {
    return { kind: "unknown_step", stepKey: command.from };
  }
  const resets = stepsToReset(draft, command, context);
  reopenRun(draft, run, command, context);
  for (const step of draft.steps()) {
    if (resets.has(step.nodeId)) {
      resetStep(draft, step, resets, context);
    }
  }
  queueDueSteps(draft, context);
  return { kind: "applied" };
}

function knowsAllSteps(draft: RunDraft): boolean {
  const { counts } = draft.run;
  const total = unfinishedCount(counts) + counts.completed + counts.failed + counts.skipped + counts.canceled;
  return draft.steps().length === total;
}

function stepsToReset(draft: RunDraft, command: RetryCommand, context: DecideContext): ReadonlySet<string> {
  const resets = new Set<string>();
  for (const step of draft.steps()) {
    const sankRun = step.status === "FAILED" && nodeOf(context.plan, step.nodeId).onError === "fail";
    if (sankRun || step.status === "CANCELED") {
      resets.add(step.nodeId);
    }
  }
  const from = command.from === null ? [] : withDependents(context.plan, draft.requireStep(command.from).nodeId);
  return new Set([...resets, ...from]);
}

function reopenRun(draft: RunDraft, run: FailedRun, command: RetryCommand, context: DecideContext): void {
  const { endedAt: _, ...rest } = run;
  draft.moveRun(
    { ...rest, status: "RETRYING", failure: null, deadlineAt: deadlineFrom(context) },
    {
      type: "RUN_RETRIED",
      at: context.now,
      actor: command.actor,
      data: { from: command.from, inputReplaced: command.input !== undefined },
    },
  );
  queueDeadline(draft);
}

function resetStep(draft: RunDraft, step: Step, resets: ReadonlySet<string>, context: DecideContext): void {
  const node = nodeOf(context.plan, step.nodeId);
  const pendingNeeds = node.needs.filter((id) => resets.has(id) || !isDone(draft.requireStep(stepKeyOf(id)))).length;
  const { runId, key, nodeId, type, attempt, startedAt, error } = step;
  const queuedAt = pendingNeeds === 0 ? context.now : null;
  const maxAttempts = attempt + node.retry.attempts;
  const base = { runId, key, nodeId, type, attempt, maxAttempts, startedAt, token: null };
  const note = { at: context.now, actor: "system" };
  if (step.status === "FAILED" && pendingNeeds === 0) {
    const { now } = context;
    const after: RetryingStep = {
      ...base,
      status: "RETRYING",
      error: step.error,
      failedAt: now,
      queuedAt,
      dueAt: now,
    };
    draft.moveStep(step, after, { ...note, type: "STEP_RETRYING", data: { delayMs: 0 } });
    return;
  }
  const after: PendingStep = { ...base, status: "PENDING", error, queuedAt, pendingNeeds };
  draft.moveStep(step, after, { ...note, type: "STEP_RESET" });
}

/** Whether a step that is not reset counts as a need met. A failed one does: it is here only by `onError: continue`. */
function isDone(step: Step): boolean {
  return step.status === "COMPLETED" || step.status === "SKIPPED" || step.status === "FAILED";
}
