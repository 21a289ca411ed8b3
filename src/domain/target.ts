import { parseRunId, parseStepKey, type RunId, type StepKey } from "./ids.ts";

/** What may be due in a run: a step (ready, its backoff over, its lease ended, its timer fired) or the run's deadline. */
export type Target = { readonly kind: "step"; readonly stepKey: StepKey } | { readonly kind: "deadline" };

/** A target of one run: what a queue message stands for. */
export interface RunTarget {
  readonly runId: RunId;
  readonly target: Target;
}

/** The run's deadline as a target. */
export const DEADLINE: Target = { kind: "deadline" };

/** No step has this key: it has a colon, and no block's output is called so. */
const DEADLINE_TEXT = "run:deadline";

/**
 * Gives the text of a target within its run.
 *
 * @param target - A step or the deadline.
 * @returns Text that no other target of the run has.
 */
export function targetText(target: Target): string {
  return target.kind === "deadline" ? DEADLINE_TEXT : target.stepKey;
}

/**
 * Gives the text of a target for the queue.
 *
 * @param due - A run and the text of one of its targets; the text of a step is its key.
 * @returns Text that no other target has.
 */
export function messageOf({ runId, target }: { readonly runId: RunId; readonly target: string }): string {
  return `${runId}/${target}`;
}

/**
 * Reads the text of a message.
 *
 * @param text - Text from the queue, which anyone with access to Redis may have written.
 * @returns The target, or null when the text names none.
 */
export function parseMessage(text: string): RunTarget | null {
  const slash = text.indexOf("/");
  const runId = parseRunId(text.slice(0, Math.max(0, slash)));
  const rest = text.slice(slash + 1);
  if (runId === null) {
    return null;
  }
  if (rest === DEADLINE_TEXT) {
    return { runId, target: DEADLINE };
  }
  const stepKey = parseStepKey(rest);
  return stepKey === null ? null : { runId, target: { kind: "step", stepKey } };
}
