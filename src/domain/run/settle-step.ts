import { InvariantError } from "../errors.ts";
import { nodeOf } from "../plan/plan-index.ts";
import type { Reply, SettleCommand } from "./command.ts";
import { completeNeed } from "./complete-need.ts";
import type { DecideContext } from "./decision.ts";
import type { RunDraft } from "./draft.ts";
import { failAttempt } from "./fail-attempt.ts";
import type { RunningStep, Step } from "./step.ts";

/**
 * Applies a `settle`: the outcome of an attempt, if the attempt still holds the lease. Without the lease the late
 * result is recorded, not applied; the repeat of a settle that was applied changes nothing.
 *
 * @param draft - The decision in the making.
 * @param command - The attempt's token and outcome.
 * @param context - Plan, instant, room and randomness.
 * @returns `applied`, `lease_lost` or `unknown_step`.
 */
export function applySettle(draft: RunDraft, command: SettleCommand, context: DecideContext): Reply {
  const step = draft.step(command.stepKey);
  if (step === undefined) {
    return { kind: "unknown_step", stepKey: command.stepKey };
  }
  if (step.token !== command.token) {
    return recordLateResult(draft, step, command, context);
  }
  if (step.status === "RUNNING") {
    applyOutcome(draft, step, command, context);
  }
  return { kind: "applied" };
}

function applyOutcome(draft: RunDraft, step: RunningStep, command: SettleCommand, context: DecideContext): void {
  const { outcome } = command;
  const { leaseExpiresAt: _, ...rest } = step;
  const done = { ...rest, endedAt: context.now };
  const note = { at: context.now, actor: "consumer" };
  switch (outcome.kind) {
    case "completed":
      draft.moveStep(step, { ...done, status: "COMPLETED" }, { ...note, type: "STEP_COMPLETED" });
      draft.setPayload(step.key, {
        output: outcome.output,
        ...(outcome.input === undefined ? {} : { input: outcome.input }),
      });
      break;
    case "skipped":
      draft.moveStep(step, { ...done, status: "SKIPPED" }, { ...note, type: "STEP_SKIPPED" });
      break;
    case "waiting":
      throw new InvariantError(`step ${step.key} of run ${step.runId} waits, which no run can do yet`);
    case "failed":
      if (outcome.input !== undefined) {
        draft.setPayload(step.key, { input: outcome.input });
      }
      failAttempt(draft, step, { ...outcome, token: step.token }, context);
      return;
  }
  draft.setMessage(step.key, null);
  completeNeed(draft, nodeOf(context.plan, step.nodeId), context);
}

function recordLateResult(draft: RunDraft, step: Step, command: SettleCommand, context: DecideContext): Reply {
  const { attempt, outcome } = command;
  draft.record({
    type: "LATE_RESULT",
    at: context.now,
    actor: "consumer",
    step: step.key,
    attempt: attempt ?? step.attempt,
    from: null,
    to: null,
    data: { outcome: outcome.kind, ...(outcome.kind === "failed" ? { code: outcome.error.code } : {}) },
  });
  return { kind: "lease_lost" };
}
