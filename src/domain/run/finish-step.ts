import type { StepKey } from "../ids.ts";
import type { Json } from "../json.ts";
import { itemAround } from "../path.ts";
import { foreachOf } from "../plan/plan-index.ts";
import { beginIfAllowed } from "./begin-attempt.ts";
import type { Actor } from "./command.ts";
import { dependentsOf } from "./concerns.ts";
import type { DecideContext, StepPayload } from "./decision.ts";
import type { RunDraft } from "./draft.ts";
import { baseOf, isOpenItem, type PendingStep, type RunningStep, type WaitingStep } from "./step.ts";

/** How a step was completed. */
export interface Completion {
  readonly actor: Actor;
  readonly payload: StepPayload;
  /** What an output that is gathered comes to, in characters of JSON. */
  readonly gatheredBytes?: number;
}

/**
 * Completes a step: stores its output and begins what waited for it.
 *
 * @param draft - The decision in the making; the step's dependents and what holds it are loaded.
 * @param step - The step.
 * @param completion - Its output, and who brought it.
 * @param context - Plan, room, instant and randomness.
 */
export function completeStep(
  draft: RunDraft,
  step: RunningStep | WaitingStep,
  completion: Completion,
  context: DecideContext,
): void {
  const { now, plan } = context;
  const { actor, payload } = completion;
  draft.moveStep(
    step,
    { ...baseOf(step), status: "COMPLETED", endedAt: now },
    { type: "STEP_COMPLETED", at: now, actor },
  );
  draft.setPayload(step.key, payload);
  draft.setMessage(step.key, null);
  const itemKey = itemAround(step.key);
  const item = itemKey === null ? null : draft.requireStep(itemKey);
  if (item !== null && isOpenItem(item) && foreachOf(plan, item.nodeId).body.outputNode === step.nodeId) {
    const bytes = completion.gatheredBytes ?? measureOutput(payload.output ?? null);
    draft.setStep(item, { ...item, waitingFor: { ...item.waitingFor, bytes } });
  }
  completeNeed(draft, step.key, context);
}

/**
 * Tells the dependents of a done step that one of their needs is met, and begins or queues those that have none left.
 * In a paused or failing run they only become ready.
 *
 * @param draft - The decision in the making; the dependents are loaded.
 * @param key - The done step.
 * @param context - Plan, room, instant and randomness.
 */
export function completeNeed(draft: RunDraft, key: StepKey, context: DecideContext): void {
  for (const dependent of dependentsOf(key, context.plan)) {
    const before = draft.requireStep(dependent);
    if (before.status !== "PENDING" || before.pendingNeeds === 0) {
      continue;
    }
    const pendingNeeds = before.pendingNeeds - 1;
    const queuedAt = pendingNeeds === 0 ? context.now : null;
    const after: PendingStep = { ...before, pendingNeeds, queuedAt };
    draft.setStep(before, after);
    beginIfAllowed(draft, after, context);
  }
}

function measureOutput(output: Json): number {
  return JSON.stringify(output).length;
}
