import { stepKeyOf } from "../ids.ts";
import type { PlanNode } from "../plan/plan.ts";
import { beginOrQueue } from "./begin-attempt.ts";
import type { DecideContext } from "./decision.ts";
import type { RunDraft } from "./draft.ts";
import { isActive } from "./run.ts";
import type { PendingStep } from "./step.ts";

/**
 * Tells the dependents of a done step that one of their needs is met, and begins or queues those that have none left.
 * In a paused or failing run they only become ready.
 *
 * @param draft - The decision in the making; the dependents are loaded.
 * @param node - The node of the done step.
 * @param context - Room, instant and randomness.
 */
export function completeNeed(draft: RunDraft, node: PlanNode, context: DecideContext): void {
  const run = draft.run;
  const mayBegin = isActive(run) && run.status !== "PAUSED" && run.failure === null;
  for (const id of node.dependents) {
    const before = draft.requireStep(stepKeyOf(id));
    if (before.status !== "PENDING" || before.pendingNeeds === 0) {
      continue;
    }
    const pendingNeeds = before.pendingNeeds - 1;
    const queuedAt = pendingNeeds === 0 ? context.now : null;
    const after: PendingStep = { ...before, pendingNeeds, queuedAt };
    draft.setStep(before, after);
    if (pendingNeeds === 0 && mayBegin) {
      beginOrQueue(draft, after, context);
    }
  }
}
