import type { Json } from "../json.ts";
import type { Reply, SettleCommand } from "./command.ts";
import { stepCount } from "./counts.ts";
import type { DecideContext } from "./decision.ts";
import type { RunDraft } from "./draft.ts";
import { failAttempt } from "./fail-attempt.ts";
import { completeNeed, completeStep } from "./finish-step.ts";
import { takeMail } from "./signal.ts";
import { baseOf, type RunningStep, type Step, type WaitingStep } from "./step.ts";
import type { BlockProgress, WaitingFor, WaitRequest } from "./waiting.ts";

/** Rows that the steps of a run may have, those of all items counted. */
const STEPS_OF_RUN_MAX = 250_000;

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
  switch (outcome.kind) {
    case "completed": {
      const input = outcome.input === undefined ? {} : { input: outcome.input };
      completeStep(draft, step, { actor: "consumer", payload: { output: outcome.output, ...input } }, context);
      return;
    }
    case "skipped": {
      const skipped = { ...baseOf(step), status: "SKIPPED" as const, endedAt: context.now };
      draft.moveStep(step, skipped, { type: "STEP_SKIPPED", at: context.now, actor: "consumer" });
      draft.setMessage(step.key, null);
      completeNeed(draft, step.key, context);
      return;
    }
    case "waiting":
      if (outcome.input !== undefined) {
        draft.setPayload(step.key, { input: outcome.input });
      }
      waitFor(draft, step, outcome.on, context);
      return;
    case "failed":
      if (outcome.input !== undefined) {
        draft.setPayload(step.key, { input: outcome.input });
      }
      failAttempt(draft, step, { ...outcome, token: step.token }, context);
      return;
  }
}

function waitFor(draft: RunDraft, step: RunningStep, on: WaitRequest, context: DecideContext): void {
  switch (on.kind) {
    case "timer":
      beginWait(draft, step, on, context);
      return;
    case "signal":
      if (!takeMail(draft, step, on.name, context)) {
        beginWait(draft, step, on, context);
      }
      return;
    case "items":
      waitForItems(draft, step, on.values, context);
      return;
  }
}

function waitForItems(draft: RunDraft, step: RunningStep, values: readonly Json[], context: DecideContext): void {
  const total = values.length;
  if (stepCount(draft.run.counts) + 2 * total > STEPS_OF_RUN_MAX) {
    const message = `the items would take the run beyond ${STEPS_OF_RUN_MAX} steps: split the work over several runs`;
    const failure = { error: { code: "too_many_steps", message }, retryable: false, retryAfterMs: null };
    failAttempt(draft, step, { ...failure, token: step.token }, context);
    return;
  }
  const none = { opened: 0, open: 0, again: 0, completed: 0, failed: 0, bytes: 0, failure: null };
  beginWait(draft, step, { kind: "items", total, ...none }, context);
  draft.setItems(step.key, values);
}

/** What a step waits for by its own attempt; an item never had one. */
type AttemptWait = Exclude<WaitingFor, BlockProgress>;

function beginWait(draft: RunDraft, step: RunningStep, waitingFor: AttemptWait, { now }: DecideContext): void {
  const until = waitingFor.kind === "timer" || waitingFor.kind === "signal" ? waitingFor.until : null;
  const dueAt = until === null ? null : new Date(until);
  const waiting: WaitingStep = { ...baseOf(step), status: "WAITING", startedAt: step.startedAt, waitingFor, dueAt };
  draft.moveStep(step, waiting, { type: "STEP_WAITING", at: now, actor: "consumer", data: describeWait(waitingFor) });
  draft.setMessage(step.key, dueAt);
}

function describeWait(waitingFor: AttemptWait): { readonly [key: string]: string | number | null } {
  switch (waitingFor.kind) {
    case "timer":
      return { for: "timer", until: waitingFor.until };
    case "signal":
      return { for: "signal", name: waitingFor.name, until: waitingFor.until };
    case "items":
      return { for: "items", items: waitingFor.total };
  }
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
