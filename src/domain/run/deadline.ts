import { DEADLINE_KEY } from "../ids.ts";
import type { DecideContext } from "./decision.ts";
import type { RunDraft } from "./draft.ts";
import { isActive } from "./run.ts";

/**
 * Gives the deadline of a run that starts now, or goes on now.
 *
 * @param context - Plan and instant.
 * @returns The instant, or null when the recipe sets no timeout.
 */
export function deadlineFrom(context: DecideContext): Date | null {
  const { timeoutMs } = context.plan.plan;
  return timeoutMs === null ? null : new Date(context.now.getTime() + timeoutMs);
}

/**
 * Puts the message of the run's deadline on the queue, or takes it off when the run has ended. A run without a
 * deadline has no such message.
 *
 * @param draft - The decision in the making.
 */
export function queueDeadline(draft: RunDraft): void {
  const { run } = draft;
  if (run.deadlineAt !== null) {
    draft.setMessage(DEADLINE_KEY, isActive(run) ? run.deadlineAt : null);
  }
}
