/** Every state a run can be in. */
export type RunStatus =
  | "PENDING"
  | "RUNNING"
  | "RETRYING"
  | "WAITING"
  | "PAUSED"
  | "COMPENSATING"
  | "COMPLETED"
  | "FAILED"
  | "CANCELED";

/** Every state a step can be in. */
export type StepStatus =
  | "PENDING"
  | "RUNNING"
  | "RETRYING"
  | "WAITING"
  | "COMPLETED"
  | "FAILED"
  | "SKIPPED"
  | "CANCELED";

/**
 * Where a run can go from each state. `COMPLETED` and `CANCELED` are absorbing; a `FAILED` run leaves only by an
 * operator's `retry`.
 */
export const RUN_TRANSITIONS = {
  PENDING: ["RUNNING", "PAUSED", "FAILED", "CANCELED"],
  RUNNING: ["RETRYING", "WAITING", "PAUSED", "COMPENSATING", "COMPLETED", "FAILED", "CANCELED"],
  RETRYING: ["RUNNING", "WAITING", "PAUSED", "COMPENSATING", "FAILED", "CANCELED"],
  WAITING: ["RUNNING", "RETRYING", "PAUSED", "COMPENSATING", "COMPLETED", "FAILED", "CANCELED"],
  PAUSED: ["PENDING", "RUNNING", "RETRYING", "WAITING", "COMPENSATING", "COMPLETED", "FAILED", "CANCELED"],
  COMPENSATING: ["FAILED", "CANCELED"],
  FAILED: ["RETRYING"],
  COMPLETED: [],
  CANCELED: [],
} as const satisfies Record<RunStatus, readonly RunStatus[]>;

/**
 * Where a step can go from each state. A failed attempt passes through `FAILED` on its way to `RETRYING`. A done step
 * goes back to `PENDING` only when an operator retries a failed run from it or from a step before it; a `foreach` and
 * its items, whose items or steps are reused, go back to `WAITING`. From `PENDING` to `WAITING` goes an item whose turn
 * it is.
 */
export const STEP_TRANSITIONS = {
  PENDING: ["RUNNING", "WAITING", "CANCELED"],
  RUNNING: ["COMPLETED", "FAILED", "SKIPPED", "WAITING", "CANCELED"],
  RETRYING: ["RUNNING", "CANCELED"],
  WAITING: ["RUNNING", "COMPLETED", "FAILED", "CANCELED"],
  COMPLETED: ["PENDING", "WAITING"],
  FAILED: ["RETRYING", "PENDING", "WAITING"],
  SKIPPED: ["PENDING"],
  CANCELED: ["PENDING", "WAITING"],
} as const satisfies Record<StepStatus, readonly StepStatus[]>;

/**
 * Tells whether a run in this state has ended (only an operator's `retry` can move a `FAILED` one on).
 *
 * @param status - The state of a run.
 * @returns Whether nothing happens in the run by itself any more.
 */
export function isRunEnded(status: RunStatus): status is "COMPLETED" | "FAILED" | "CANCELED" {
  return status === "COMPLETED" || status === "FAILED" || status === "CANCELED";
}

/**
 * Tells whether a run may move between two states.
 *
 * @param from - The state it is in.
 * @param to - The state it would be in.
 * @returns Whether the table allows it.
 */
export function isRunTransition(from: RunStatus, to: RunStatus): boolean {
  const allowed: readonly RunStatus[] = RUN_TRANSITIONS[from];
  return allowed.includes(to);
}

/**
 * Tells whether a step may move between two states.
 *
 * @param from - The state it is in.
 * @param to - The state it would be in.
 * @returns Whether the table allows it.
 */
export function isStepTransition(from: StepStatus, to: StepStatus): boolean {
  const allowed: readonly StepStatus[] = STEP_TRANSITIONS[from];
  return allowed.includes(to);
}
