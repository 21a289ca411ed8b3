import { foreachKeyOf } from "../path.ts";
import { foreachOf } from "../plan/plan-index.ts";
import type { DecideContext } from "./decision.ts";
import type { RunDraft } from "./draft.ts";
import { cancelSteps } from "./end-run.ts";
import { giveUp } from "./fail-attempt.ts";
import { completeStep } from "./finish-step.ts";
import { openItems } from "./open-block.ts";
import type { StepError } from "./outcome.ts";
import { baseOf, type ForeachStep, isForeach, type ItemStep } from "./step.ts";

/** What the list of all outputs may come to, in characters of JSON: an output is stored as one value. */
const OUTPUT_CHARACTERS_MAX = 1_048_576;

/** Characters of an error's message that the failure of a `foreach` repeats. */
const MESSAGE_LENGTH_MAX = 300;

/**
 * Ends the items whose blocks are done or cannot go on, opens the next ones in their places, and ends a `foreach` whose
 * items are over: every command ends with this, before the run is looked at.
 *
 * @param draft - The decision in the making.
 * @param context - Plan, room, instant and randomness.
 */
export function advanceItems(draft: RunDraft, context: DecideContext): void {
  // Each round ends something, opens something, or finds that there is nothing to do; what has ended never comes back.
  for (let step = draft.takeTouched(); step !== null; step = draft.takeTouched()) {
    if (isForeach(step)) {
      advanceForeach(draft, step, context);
    } else {
      advanceItem(draft, step, context);
    }
  }
}

function advanceItem(draft: RunDraft, item: ItemStep, context: DecideContext): void {
  const { unfinished, failure, bytes } = item.waitingFor;
  if (failure !== null && !isAttemptUnderWay(draft, item)) {
    failItem(draft, item, failure, context);
  } else if (unfinished === 0) {
    completeItem(draft, item, context);
    noteItemEnd(draft, item, { bytes, error: null }, context);
  }
}

function advanceForeach(draft: RunDraft, before: ForeachStep, context: DecideContext): void {
  openItems(draft, before.key, context);
  const foreach = draft.requireStep(before.key);
  if (!isForeach(foreach) || foreach.waitingFor.open > 0) {
    return;
  }
  const { total, opened, again, failure, bytes } = foreach.waitingFor;
  if (failure !== null) {
    failForeach(draft, foreach, failure, context);
  } else if (again === 0 && opened === total) {
    const gather = foreachOf(context.plan, foreach.nodeId).body.outputNode;
    completeStep(draft, foreach, { actor: "system", payload: { gather }, gatheredBytes: bytes }, context);
  }
}

/** Whether an attempt is let finish in an item that will fail. A `foreach` in it with open items may have none. */
function isAttemptUnderWay(draft: RunDraft, { key, waitingFor }: ItemStep): boolean {
  return waitingFor.atWork > 0 && draft.requireUnfinishedUnder(key).some(({ status }) => status === "RUNNING");
}

function completeItem(draft: RunDraft, item: ItemStep, { now }: DecideContext): void {
  const completed = { ...baseOf(item), status: "COMPLETED" as const, endedAt: now };
  draft.moveStep(item, completed, { type: "STEP_COMPLETED", at: now, actor: "system" });
}

function failItem(draft: RunDraft, item: ItemStep, error: StepError, context: DecideContext): void {
  const { now } = context;
  cancelSteps(draft, draft.requireUnfinishedUnder(item.key), context);
  const before = draft.requireStep(item.key);
  const failed = { ...baseOf(before), status: "FAILED" as const, error, endedAt: now };
  draft.moveStep(before, failed, { type: "STEP_FAILED", at: now, actor: "system", data: { ...error } });
  noteItemEnd(draft, item, { bytes: 0, error }, context);
}

interface ItemEnd {
  readonly bytes: number;
  readonly error: StepError | null;
}

function noteItemEnd(draft: RunDraft, item: ItemStep, { bytes, error }: ItemEnd, context: DecideContext): void {
  const foreach = draft.requireStep(foreachKeyOf(item.key));
  if (!isForeach(foreach)) {
    return;
  }
  const before = foreach.waitingFor;
  const progress = {
    ...before,
    open: before.open - 1,
    completed: before.completed + (error === null ? 1 : 0),
    failed: before.failed + (error === null ? 0 : 1),
    bytes: before.bytes + bytes + 1,
  };
  const failure = before.failure ?? findFailure(foreach, progress, { item, error }, context);
  draft.setStep(foreach, { ...foreach, waitingFor: { ...progress, failure } });
}

function findFailure(
  { key, nodeId }: ForeachStep,
  progress: ForeachStep["waitingFor"],
  last: { readonly item: ItemStep; readonly error: StepError | null },
  { plan }: DecideContext,
): StepError | null {
  const { total, failed, bytes } = progress;
  const { tolerate } = foreachOf(plan, nodeId);
  const tolerated = "count" in tolerate ? tolerate.count : Math.floor(tolerate.share * total);
  if (failed > tolerated && last.error !== null) {
    const { code, message } = last.error;
    const counted = `${failed} of ${total} items failed, more than the ${tolerated} that \`tolerate\` allows`;
    return {
      code: "items_failed",
      message: `${counted}; the last was ${last.item.key} with \`${code}\`: ${message.slice(0, MESSAGE_LENGTH_MAX).toWellFormed()}`,
    };
  }
  if (bytes > OUTPUT_CHARACTERS_MAX) {
    const message = `the outputs of the items of ${key} come to more than ${OUTPUT_CHARACTERS_MAX} characters of JSON: give \`foreach\` an \`output\` that keeps only what later steps read`;
    return { code: "output_too_large", message };
  }
  return null;
}

function failForeach(draft: RunDraft, foreach: ForeachStep, error: StepError, context: DecideContext): void {
  const { now } = context;
  const failed = { ...baseOf(foreach), status: "FAILED" as const, error, endedAt: now };
  draft.moveStep(foreach, failed, { type: "STEP_FAILED", at: now, actor: "system", data: { ...error } });
  giveUp(draft, failed, context);
}
