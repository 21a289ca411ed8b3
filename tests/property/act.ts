import type { LeaseToken, StepKey } from "../../src/domain/ids.ts";
import type { Command } from "../../src/domain/run/command.ts";
import { STRANGE_TOKEN, stepKeyOf } from "../support/ids.ts";
import type { TestRun } from "../support/test-run.ts";
import type { Action, TokenKind } from "./arbitraries.ts";

/** Of ten chances to cancel only this one is taken, so that most histories go on for a while. */
const CANCEL_CHANCE = 0;

const BY = { actor: "key:tester", reason: null };

/**
 * Tells what command an action is, or moves the run's clock or room.
 *
 * @param run - The run that the action happens to.
 * @param action - What happens.
 * @param tokens - All tokens that attempts of the run had, by step.
 * @returns The command, or null when the action is none.
 */
export function commandOf(
  run: TestRun,
  action: Action,
  tokens: ReadonlyMap<StepKey, readonly LeaseToken[]>,
): Command | null {
  switch (action.kind) {
    case "pass":
      run.passMs(action.ms);
      return null;
    case "room":
      run.room = action.room;
      return null;
    case "begin":
      return { type: "wake", target: { kind: "step", stepKey: keyAt(run, action.step) } };
    case "settle":
      return settleOf(run, action, tokens);
    case "expire":
      return { type: "wake", target: { kind: "deadline" } };
    case "cancel":
    case "pause":
    case "resume":
    case "retry":
      return operatorCommandOf(run, action);
  }
}

type SettleAction = Extract<Action, { readonly kind: "settle" }>;

function settleOf(run: TestRun, action: SettleAction, tokens: ReadonlyMap<StepKey, readonly LeaseToken[]>): Command {
  const stepKey = keyAt(run, action.step);
  const token = pickToken(run, stepKey, action.token, tokens.get(stepKey) ?? []);
  return { type: "settle", stepKey, attempt: run.step(stepKey).attempt, token, outcome: action.outcome };
}

type OperatorAction = Extract<Action, { readonly kind: "cancel" | "pause" | "resume" | "retry" }>;

function operatorCommandOf(run: TestRun, action: OperatorAction): Command | null {
  switch (action.kind) {
    case "cancel":
      return action.chance === CANCEL_CHANCE ? { type: "cancel", ...BY } : null;
    case "pause":
      return { type: "pause", ...BY };
    case "resume":
      return { type: "resume", actor: BY.actor };
    case "retry":
      return { type: "retry", actor: BY.actor, from: action.from === null ? null : keyAt(run, action.from) };
  }
}

function keyAt(run: TestRun, index: number): StepKey {
  const { nodes } = run.plan.plan.root;
  return stepKeyOf(nodes[index % nodes.length]?.id ?? "");
}

function pickToken(run: TestRun, key: StepKey, kind: TokenKind, earlier: readonly LeaseToken[]): LeaseToken {
  switch (kind) {
    case "current":
      return run.step(key).token ?? STRANGE_TOKEN;
    case "earlier":
      return earlier[0] ?? STRANGE_TOKEN;
    case "strange":
      return STRANGE_TOKEN;
  }
}
