import type { StepKey } from "../ids.ts";
import { innerKeyOf, itemKeyOf } from "../path.ts";
import { foreachOf, nodeOf, withDependents } from "../plan/plan-index.ts";
import type { Block, PlanNode } from "../plan/plan.ts";
import { beginIfAllowed } from "./begin-attempt.ts";
import type { DecideContext } from "./decision.ts";
import type { RunDraft } from "./draft.ts";
import { baseOf, type ForeachStep, type ItemStep, type PendingStep, type RetryingStep, type Step } from "./step.ts";
import type { ItemsProgress } from "./waiting.ts";

/** Where an operator's retry goes on besides what failed: that step and all that depends on it run again. */
export interface ReopenFrom {
  readonly from: StepKey | null;
}

/** A block that runs: of the recipe itself, or of one item. */
export interface BlockInstance {
  readonly block: Block;
  /** The item that holds it; null for the recipe itself. */
  readonly itemKey: StepKey | null;
}

/**
 * Opens an instance of a block again: what sank it, what was canceled with it and what depends on `from` runs again;
 * what is done is reused. Of a `foreach` only the items that failed run again, unless it is `from` or depends on it.
 *
 * @param draft - The decision in the making; all that the block holds is loaded.
 * @param instance - The block, and what holds it.
 * @param where - Where to go on.
 * @param context - Plan and instant.
 */
export function reopenBlock(draft: RunDraft, instance: BlockInstance, where: ReopenFrom, context: DecideContext): void {
  const { block, itemKey } = instance;
  const anew = stepsAnew(instance, where, context);
  const again = new Set(block.nodes.filter(({ id }) => isSunk(draft, itemKey, id, context)).map(({ id }) => id));
  const resets = new Set([...again, ...anew.all]);
  for (const node of block.nodes) {
    const step = draft.requireStep(innerKeyOf(itemKey, node.id));
    if (node.type === "foreach" && resets.has(node.id) && hasItems(step) && !anew.whole.has(node.id)) {
      reopenForeach(draft, step, where, context);
    } else if (resets.has(node.id)) {
      if (node.type === "foreach") {
        draft.emptyForeach(step.key);
      }
      resetStep(draft, step, { node, itemKey, resets }, context);
    }
  }
}

/**
 * Opens an item again.
 *
 * @param draft - The decision in the making; all that the item holds is loaded.
 * @param item - An item that failed, was canceled, or waits for its turn.
 * @param where - Where to go on.
 * @param context - Plan, room, instant and randomness.
 */
export function reopenItem(draft: RunDraft, item: Step, where: ReopenFrom, context: DecideContext): void {
  const open: ItemStep = {
    ...baseOf(item),
    status: "WAITING",
    startedAt: context.now,
    error: null,
    waitingFor: { kind: "block", unfinished: 0, atWork: 0, bytes: outputBytes(item), failure: null },
    dueAt: null,
  };
  draft.moveStep(item, open, { type: "STEP_RESET", at: context.now, actor: "system" });
  const { body } = foreachOf(context.plan, item.nodeId);
  reopenBlock(draft, { block: body, itemKey: item.key }, where, context);
  for (const node of body.nodes) {
    beginIfAllowed(draft, draft.requireStep(innerKeyOf(item.key, node.id)), context);
  }
}

/** Its output node may be done already. */
function outputBytes({ waitingFor }: Step): number {
  return waitingFor?.kind === "block" ? waitingFor.bytes : 0;
}

interface Anew {
  /** Run again from their beginning. */
  readonly whole: ReadonlySet<string>;
  /** With the `foreach` that holds `from`, which is only opened again. */
  readonly all: ReadonlySet<string>;
}

function stepsAnew({ block, itemKey }: BlockInstance, { from }: ReopenFrom, { plan }: DecideContext): Anew {
  if (from !== null && from === itemKey) {
    const whole = new Set(block.nodes.map(({ id }) => id));
    return { whole, all: whole };
  }
  const held = from === null ? undefined : block.nodes.find(({ id }) => holds(innerKeyOf(itemKey, id), from));
  if (held === undefined) {
    return { whole: new Set(), all: new Set() };
  }
  const all = withDependents(plan, held.id);
  const isInside = from !== innerKeyOf(itemKey, held.id);
  return { whole: isInside ? new Set([...all].filter((id) => id !== held.id)) : all, all };
}

function holds(key: StepKey, from: StepKey): boolean {
  return from === key || from.startsWith(`${key}[`);
}

function isSunk(draft: RunDraft, itemKey: StepKey | null, id: string, { plan }: DecideContext): boolean {
  const step = draft.requireStep(innerKeyOf(itemKey, id));
  return (step.status === "FAILED" && nodeOf(plan, id).onError === "fail") || step.status === "CANCELED";
}

function hasItems(step: Step): step is Step & { readonly waitingFor: ItemsProgress } {
  return step.waitingFor?.kind === "items";
}

/** As many items as may be open at the same time go on at once, the others when it is their turn. */
function reopenForeach(
  draft: RunDraft,
  step: Step & { readonly waitingFor: ItemsProgress },
  where: ReopenFrom,
  context: DecideContext,
): void {
  const { total, opened } = step.waitingFor;
  const items = Array.from({ length: opened }, (_, index) => draft.requireStep(itemKeyOf(step.key, index)));
  const done = items.filter((item) => item.status === "COMPLETED" && !isFrom(item, where));
  const rest = items.filter((item) => item.status !== "COMPLETED" || isFrom(item, where));
  const { concurrency } = foreachOf(context.plan, step.nodeId);
  const bytes = done.reduce((sum, item) => sum + outputBytes(item) + 1, 0);
  const open = Math.min(rest.length, concurrency);
  const progress = { kind: "items" as const, total, opened, open, again: rest.length - open, completed: done.length };
  const foreach: ForeachStep = {
    ...baseOf(step),
    status: "WAITING",
    startedAt: context.now,
    error: null,
    waitingFor: { ...progress, failed: 0, bytes, failure: null },
    dueAt: null,
  };
  draft.moveStep(step, foreach, { type: "STEP_RESET", at: context.now, actor: "system" });
  const inTurn = rest.toSorted((one, other) => Number(isFrom(other, where)) - Number(isFrom(one, where)));
  inTurn.slice(0, open).forEach((item) => {
    reopenItem(draft, item, where, context);
  });
  inTurn.slice(open).forEach((item) => {
    const waiting: PendingStep = { ...baseOf(item), status: "PENDING", error: null, queuedAt: null, pendingNeeds: 1 };
    draft.moveStep(item, waiting, { type: "STEP_RESET", at: context.now, actor: "system" });
  });
}

function isFrom(item: Step, { from }: ReopenFrom): boolean {
  return from !== null && (from === item.key || from.startsWith(`${item.key}.`));
}

interface Reset {
  readonly node: PlanNode;
  readonly itemKey: StepKey | null;
  /** Ids of the steps of the block that run again. */
  readonly resets: ReadonlySet<string>;
}

function resetStep(draft: RunDraft, step: Step, { node, itemKey, resets }: Reset, { now }: DecideContext): void {
  const isOpen = (id: string): boolean => resets.has(id) || !isDone(draft.requireStep(innerKeyOf(itemKey, id)));
  const pendingNeeds = node.needs.filter(isOpen).length;
  const queuedAt = pendingNeeds === 0 ? now : null;
  const maxAttempts = step.attempt + node.retry.attempts;
  const base = { ...baseOf(step), maxAttempts, queuedAt, token: null, waitingFor: null };
  const note = { at: now, actor: "system" };
  if (step.status === "FAILED" && pendingNeeds === 0) {
    const after: RetryingStep = { ...base, status: "RETRYING", error: step.error, failedAt: now, dueAt: now };
    draft.moveStep(step, after, { ...note, type: "STEP_RETRYING", data: { delayMs: 0 } });
    return;
  }
  draft.moveStep(step, { ...base, status: "PENDING", pendingNeeds }, { ...note, type: "STEP_RESET" });
}

/** Whether a step that is not reset counts as a need met. A failed one does: it is here only by `onError: continue`. */
function isDone(step: Step): boolean {
  return step.status === "COMPLETED" || step.status === "SKIPPED" || step.status === "FAILED";
}
