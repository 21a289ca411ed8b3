import type { RunStatus, StepStatus } from "./api-types.ts";

/** Every state of a run, in the order in which filters show them. */
export const RUN_STATUS_ORDER = [
  "PENDING",
  "RUNNING",
  "RETRYING",
  "WAITING",
  "PAUSED",
  "COMPENSATING",
  "COMPLETED",
  "FAILED",
  "CANCELED",
] as const satisfies readonly RunStatus[];

/** How a state looks where colour cannot be seen. */
export interface StatusLook {
  readonly icon: string;
  readonly word: string;
}

const LOOKS = {
  PENDING: { icon: "○", word: "Pending" },
  RUNNING: { icon: "◐", word: "Running" },
  RETRYING: { icon: "↻", word: "Retrying" },
  WAITING: { icon: "◷", word: "Waiting" },
  PAUSED: { icon: "‖", word: "Paused" },
  COMPENSATING: { icon: "↺", word: "Undoing" },
  COMPLETED: { icon: "✓", word: "Completed" },
  FAILED: { icon: "✕", word: "Failed" },
  CANCELED: { icon: "⊘", word: "Canceled" },
  SKIPPED: { icon: "»", word: "Skipped" },
} as const satisfies Record<RunStatus | StepStatus, StatusLook>;

/**
 * Gives the icon and the word of a state.
 *
 * @param status - A state of a run or of a step.
 * @returns What stands for it everywhere.
 */
export function lookOf(status: RunStatus | StepStatus): StatusLook {
  return LOOKS[status];
}
