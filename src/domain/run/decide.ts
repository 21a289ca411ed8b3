import { applyBegin } from "./begin-step.ts";
import type { Command } from "./command.ts";
import type { DecideContext, Decision, Incomplete } from "./decision.ts";
import { RunDraft } from "./draft.ts";
import { advanceRun } from "./end-run.ts";
import { applyCancel, applyExpire, applyPause, applyResume, conflict, type HandlerResult } from "./operate-run.ts";
import { applyRetry } from "./retry-run.ts";
import type { RunState } from "./run.ts";
import { applySettle } from "./settle-step.ts";

/**
 * Decides what a command does to a run. Pure: the same state, command and context give the same decision, and nothing
 * outside is touched. With `startRun` it is the only writer of next states.
 *
 * @param state - The run and the steps the command concerns: for `begin` the step, for `settle` the step and its
 *   dependents, for others as many as are at hand.
 * @param command - What happened or is wanted.
 * @param context - Plan, instant, room and randomness.
 * @returns The decision, or `incomplete` when it needs all steps of the run.
 * @throws InvariantError when the state contradicts itself; nothing is changed then.
 */
export function decide(state: RunState, command: Command, context: DecideContext): Decision | Incomplete {
  const draft = new RunDraft(state);
  const reply = apply(draft, command, context);
  if (reply.kind === "incomplete" || advanceRun(draft, context) === "incomplete") {
    return { kind: "incomplete" };
  }
  const decision = draft.decision(reply);
  return command.type === "retry" && command.input !== undefined && reply.kind === "applied"
    ? { ...decision, input: command.input }
    : decision;
}

function apply(draft: RunDraft, command: Command, context: DecideContext): HandlerResult {
  switch (command.type) {
    case "begin":
      return applyBegin(draft, command, context);
    case "settle":
      return applySettle(draft, command, context);
    case "expire":
      return applyExpire(draft, command, context);
    case "cancel":
      return applyCancel(draft, command, context);
    case "pause":
      return applyPause(draft, command, context);
    case "resume":
      return applyResume(draft, command, context);
    case "retry":
      return applyRetry(draft, command, context);
    case "signal":
      return conflict(draft, "signals are not supported");
  }
}
