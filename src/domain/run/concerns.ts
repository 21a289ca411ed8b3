import type { StepKey } from "../ids.ts";
import { containersOf, isItemKey, keyIn, parsePath, pathOf, siblingOf } from "../path.ts";
import { nodeOf, placedOf, type PlanIndex } from "../plan/plan-index.ts";
import type { Command } from "./command.ts";
import type { Outcome } from "./outcome.ts";

/** Rows of a run that are found by what they are, not by their keys. */
export type RowSet =
  /** Steps that can still move. */
  | { readonly kind: "unfinished" }
  /** All steps. */
  | { readonly kind: "all" }
  /** Of the items of a `foreach` that wait for their turn, but for some, the first, and all that it holds. */
  | { readonly kind: "next_item"; readonly foreach: StepKey; readonly except: readonly StepKey[] }
  /** An item, and all that it holds. */
  | { readonly kind: "item"; readonly key: StepKey }
  /** Steps that wait for a signal. */
  | { readonly kind: "waiting_for"; readonly signal: string };

/** What a command must see of its run besides the run's row. */
export interface StepQuery {
  readonly keys: readonly StepKey[];
  readonly rows: RowSet | null;
  /** Signals of this name that no step has taken, and the one with this idempotency key, if any. */
  readonly mail: { readonly name: string; readonly idempotencyKey: string | null } | null;
}

/**
 * Makes a query.
 *
 * @param parts - What is asked for.
 * @returns The query, which asks for nothing else.
 */
export function stepQuery(parts: Partial<StepQuery>): StepQuery {
  return { keys: [], rows: null, mail: null, ...parts };
}

/**
 * Says what a command must see, so that what is loaded does not grow with the run: of a settle the step, its dependents
 * in its block, and what holds it with their dependents. What turns out to be needed beyond that, `decide` asks for.
 *
 * @param command - What happened or is wanted.
 * @param plan - The run's plan.
 * @returns The query.
 */
export function concerns(command: Command, plan: PlanIndex): StepQuery {
  switch (command.type) {
    case "wake":
      return stepQuery({ keys: command.target.kind === "step" ? concernedBy(command.target.stepKey, plan) : [] });
    case "settle":
      return stepQuery({ keys: concernedBy(command.stepKey, plan), mail: mailFor(command.outcome) });
    case "signal": {
      const { name, idempotencyKey } = command;
      return stepQuery({ rows: { kind: "waiting_for", signal: name }, mail: { name, idempotencyKey } });
    }
    case "cancel":
    case "pause":
    case "resume":
    case "retry":
      return stepQuery({});
  }
}

/** A step that is about to wait for a signal may find it there. */
function mailFor(outcome: Outcome): StepQuery["mail"] {
  return outcome.kind === "waiting" && outcome.on.kind === "signal"
    ? { name: outcome.on.name, idempotencyKey: null }
    : null;
}

/**
 * Gives what a change of one step can reach: its dependents in its block, and what holds it with their dependents.
 *
 * @param key - The key of a step, as a message or a report names it.
 * @param plan - The run's plan.
 * @returns Keys, the step's own first.
 */
export function concernedBy(key: StepKey, plan: PlanIndex): readonly StepKey[] {
  const path = parsePath(key);
  if (path === null || !plan.nodes.has(path.nodeId)) {
    // A message or a report that names nothing: the decision says so.
    return [key];
  }
  return [key, ...containersOf(key)].flatMap((one) => (isItemKey(one) ? [one] : [one, ...dependentsOf(one, plan)]));
}

/**
 * Gives the steps that wait for another, in its block.
 *
 * @param key - The key of a step that is no item.
 * @param plan - The run's plan.
 * @returns Their keys.
 */
export function dependentsOf(key: StepKey, plan: PlanIndex): readonly StepKey[] {
  const nodeId = key.slice(key.lastIndexOf(".") + 1);
  return nodeOf(plan, nodeId).dependents.map((id) => siblingOf(key, id));
}

/**
 * Gives the key of a step that expressions of another read: that of its own block, or of a block around it.
 *
 * @param key - The key of the step that reads.
 * @param nodeId - The id of the step that is read.
 * @param plan - The run's plan.
 * @returns The key of the step that is read.
 */
export function readKeyOf(key: StepKey, nodeId: string, plan: PlanIndex): StepKey {
  const depth = placedOf(plan, nodeId).enclosing.length;
  return keyIn(pathOf(key).scope.slice(0, depth), nodeId);
}
