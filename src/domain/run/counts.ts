import type { Step } from "./step.ts";

/**
 * How many steps of a run are in each state, kept on the run's row so that no command has to load all steps.
 * `PENDING` is split in two: `blocked` (needs not done) and `ready`. `attempts` counts attempts begun.
 */
export interface StepCounts {
  readonly blocked: number;
  readonly ready: number;
  readonly running: number;
  readonly retrying: number;
  readonly waiting: number;
  readonly completed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly canceled: number;
  readonly attempts: number;
}

type Bucket = Exclude<keyof StepCounts, "attempts">;

/** The counts of a run without steps. */
export const NO_STEPS: StepCounts = {
  blocked: 0,
  ready: 0,
  running: 0,
  retrying: 0,
  waiting: 0,
  completed: 0,
  failed: 0,
  skipped: 0,
  canceled: 0,
  attempts: 0,
};

const BUCKETS = {
  RUNNING: "running",
  RETRYING: "retrying",
  WAITING: "waiting",
  COMPLETED: "completed",
  FAILED: "failed",
  SKIPPED: "skipped",
  CANCELED: "canceled",
} as const;

function bucketOf(step: Step): Bucket {
  if (step.status === "PENDING") {
    return step.pendingNeeds > 0 ? "blocked" : "ready";
  }
  return BUCKETS[step.status];
}

/**
 * Moves one step from its bucket to another.
 *
 * @param counts - The counts before.
 * @param before - The step as it was, or null when it is new.
 * @param after - The step as it is now, or null when it is taken away.
 * @returns The counts after.
 */
export function recount(counts: StepCounts, before: Step | null, after: Step | null): StepCounts {
  const next = { ...counts };
  if (before !== null) {
    next[bucketOf(before)] -= 1;
  }
  if (after !== null) {
    next[bucketOf(after)] += 1;
    // The attempts of a step that is taken away have been made all the same.
    next.attempts += after.attempt - (before?.attempt ?? 0);
  }
  return next;
}

/**
 * Counts the steps that can still move by themselves.
 *
 * @param counts - The counts of a run.
 * @returns How many steps are not done.
 */
export function unfinishedCount(counts: StepCounts): number {
  return counts.blocked + counts.ready + counts.running + counts.retrying + counts.waiting;
}

/**
 * Counts the steps of a run.
 *
 * @param counts - The counts of a run.
 * @returns How many rows its steps have.
 */
export function stepCount(counts: StepCounts): number {
  return unfinishedCount(counts) + counts.completed + counts.failed + counts.skipped + counts.canceled;
}
