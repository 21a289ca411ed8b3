import type { RunId, StepKey } from "../ids.ts";
import { innerKeyOf, itemKeyOf } from "../path.ts";
import { foreachOf } from "../plan/plan-index.ts";
import type { Block, PlanNode } from "../plan/plan.ts";
import { beginIfAllowed } from "./begin-attempt.ts";
import type { DecideContext } from "./decision.ts";
import type { RunDraft } from "./draft.ts";
import { mayOpenItems } from "./may-begin.ts";
import { reopenItem } from "./reopen.ts";
import { type ForeachStep, isForeach, type ItemStep, type PendingStep } from "./step.ts";

/**
 * Opens an instance of a block: makes the rows of its steps, and begins at once those that need nothing, as far as
 * there is room.
 *
 * @param draft - The decision in the making.
 * @param block - The block.
 * @param itemKey - The item that holds the instance; null for the recipe itself, which the run holds.
 * @param context - Room, instant and randomness.
 */
export function openBlock(draft: RunDraft, block: Block, itemKey: StepKey | null, context: DecideContext): void {
  const steps = block.nodes.map((node, position) =>
    newStep(node, { runId: draft.run.id, key: innerKeyOf(itemKey, node.id), position, now: context.now }),
  );
  for (const step of steps) {
    draft.createStep(step);
  }
  for (const step of steps) {
    beginIfAllowed(draft, step, context);
  }
}

interface Place {
  readonly runId: RunId;
  readonly key: StepKey;
  readonly position: number;
  readonly now: Date;
}

function newStep(node: PlanNode, { runId, key, position, now }: Place): PendingStep {
  return {
    status: "PENDING",
    runId,
    key,
    nodeId: node.id,
    type: node.type,
    position,
    attempt: 0,
    maxAttempts: node.retry.attempts,
    token: null,
    queuedAt: node.needs.length === 0 ? now : null,
    startedAt: null,
    error: null,
    waitingFor: null,
    pendingNeeds: node.needs.length,
  };
}

/**
 * Opens items of a `foreach`, in the order of the list, until as many are open as may be at the same time: first those
 * that an operator's retry wants again.
 *
 * @param draft - The decision in the making; what holds the step is loaded.
 * @param key - The `foreach`.
 * @param context - Plan, room, instant and randomness.
 */
export function openItems(draft: RunDraft, key: StepKey, context: DecideContext): void {
  for (let foreach = openable(draft, key, context); foreach !== null; foreach = openable(draft, key, context)) {
    const { again, opened, open } = foreach.waitingFor;
    if (again > 0) {
      const item = draft.requireNextItem(key, foreachOf(context.plan, foreach.nodeId).body);
      draft.setStep(foreach, { ...foreach, waitingFor: { ...foreach.waitingFor, again: again - 1, open: open + 1 } });
      reopenItem(draft, item, { from: null }, context);
    } else {
      draft.setStep(foreach, { ...foreach, waitingFor: { ...foreach.waitingFor, opened: opened + 1, open: open + 1 } });
      openItem(draft, foreach, opened, context);
    }
  }
}

function openable(draft: RunDraft, key: StepKey, context: DecideContext): ForeachStep | null {
  const foreach = draft.requireStep(key);
  if (!isForeach(foreach) || foreach.waitingFor.failure !== null) {
    return null;
  }
  const { total, opened, open, again } = foreach.waitingFor;
  const isWanted = again > 0 || opened < total;
  const hasPlace = open < foreachOf(context.plan, foreach.nodeId).concurrency;
  return isWanted && hasPlace && mayOpenItems(draft, foreach) ? foreach : null;
}

function openItem(draft: RunDraft, foreach: ForeachStep, index: number, context: DecideContext): void {
  const item: ItemStep = {
    status: "WAITING",
    runId: foreach.runId,
    key: itemKeyOf(foreach.key, index),
    nodeId: foreach.nodeId,
    type: "item",
    position: index,
    attempt: 0,
    maxAttempts: 0,
    token: null,
    queuedAt: context.now,
    startedAt: context.now,
    error: null,
    waitingFor: { kind: "block", unfinished: 0, atWork: 0, bytes: 0, failure: null },
    dueAt: null,
  };
  draft.createStep(item);
  openBlock(draft, foreachOf(context.plan, foreach.nodeId).body, item.key, context);
}
