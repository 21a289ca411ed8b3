import { advanceItems } from "./advance-items.ts";
import type { Command, Reply } from "./command.ts";
import type { DecideContext, Decision, Incomplete } from "./decision.ts";
import { RowsMissing, RunDraft } from "./draft.ts";
import { advanceRun } from "./end-run.ts";
import { applyCancel, applyPause, applyResume } from "./operate-run.ts";
import { applyRetry } from "./retry-run.ts";
import type { RunState } from "./run.ts";
import { applySettle } from "./settle-step.ts";
import { applySignal } from "./signal.ts";
import { applyWake } from "./wake.ts";

/**
 * Decides what a command does to a run. Pure: the same state, command and context give the same decision, and nothing
 * outside is touched. With `startRun` it is the only writer of next states.
 *
 * @param state - The run and the rows that the command concerns: what `concerns` says, or more.
 * @param command - What happened or is wanted.
 * @param context - Plan, instant, room and randomness.
 * @returns The decision, or `incomplete` with what else it needs to see.
 * @throws InvariantError when the state contradicts itself; nothing is changed then.
 */
export function decide(state: RunState, command: Command, context: DecideContext): Decision | Incomplete {
  const draft = new RunDraft(state);
  try {
    const reply = apply(draft, command, context);
    advanceItems(draft, context);
    advanceRun(draft, context);
    const decision = draft.decision(reply);
    return command.type === "retry" && command.input !== undefined && reply.kind === "applied"
      ? { ...decision, input: command.input }
      : decision;
  } catch (error) {
    if (error instanceof RowsMissing) {
      return { kind: "incomplete", query: error.query };
    }
    throw error;
  }
}

function apply(draft: RunDraft, command: Command, context: DecideContext): Reply {
  switch (command.type) {
    case "wake":
      return applyWake(draft, command, context);
    case "settle":
      return applySettle(draft, command, context);
    case "signal":
      return applySignal(draft, command, context);
    case "cancel":
      return applyCancel(draft, command, context);
    case "pause":
      return applyPause(draft, command, context);
    case "resume":
      return applyResume(draft, command, context);
    case "retry":
      return applyRetry(draft, command, context);
  }
}
