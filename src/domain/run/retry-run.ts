import type { Reply, RetryCommand } from "./command.ts";
import type { DecideContext } from "./decision.ts";
import type { RunDraft } from "./draft.ts";
import { deadlineFrom, queueDeadline } from "./due.ts";
import { conflict, goOn } from "./operate-run.ts";
import { reopenBlock } from "./reopen.ts";
import type { FailedRun } from "./run.ts";

/**
 * Applies a `retry`: a failed run goes on from what failed; what is done is reused. With `from`, that step and all that
 * depends on it run again as well.
 *
 * @param draft - The decision in the making.
 * @param command - Who, from where, and with what input.
 * @param context - Plan, instant, room and randomness.
 * @returns `applied`, a conflict when the run is not FAILED, or `unknown_step`.
 */
export function applyRetry(draft: RunDraft, command: RetryCommand, context: DecideContext): Reply {
  const { run } = draft;
  const { from } = command;
  if (run.status !== "FAILED") {
    return conflict(draft, `the run is ${run.status}; only a FAILED run can be retried`);
  }
  draft.requireAll();
  if (from !== null && draft.step(from) === undefined) {
    return { kind: "unknown_step", stepKey: from };
  }
  reopenRun(draft, run, command, context);
  reopenBlock(draft, { block: context.plan.plan.root, itemKey: null }, { from }, context);
  goOn(draft, context);
  return { kind: "applied" };
}

function reopenRun(draft: RunDraft, run: FailedRun, command: RetryCommand, context: DecideContext): void {
  const { endedAt: _, ...rest } = run;
  draft.moveRun(
    { ...rest, status: "RETRYING", phase: "forward", failure: null, hold: null, deadlineAt: deadlineFrom(context) },
    {
      type: "RUN_RETRIED",
      at: context.now,
      actor: command.actor,
      data: { from: command.from, inputReplaced: command.input !== undefined },
    },
  );
  queueDeadline(draft);
}
