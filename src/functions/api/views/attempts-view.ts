import { z } from "@hono/zod-openapi";
import type { Attempt } from "../../../api/runs/shapes.ts";
import { viewStepError } from "../../../api/steps/view.ts";
import type { Event, StepEventType } from "../../../domain/run/event.ts";
import type { StepStatus } from "../../../domain/run/transitions.ts";

type AttemptView = z.output<typeof Attempt>;

const ENDS: Partial<Record<StepEventType | Event["type"], StepStatus>> = {
  STEP_COMPLETED: "COMPLETED",
  STEP_FAILED: "FAILED",
  STEP_SKIPPED: "SKIPPED",
  STEP_CANCELED: "CANCELED",
};

const EventError = z.object({
  code: z.string(),
  message: z.string(),
  http: z.object({ status: z.int().nullable(), url: z.string(), method: z.string() }).optional(),
});

/**
 * Tells the attempts of a step from its events.
 *
 * @param events - The events of one step, in order.
 * @returns Its attempts, in order.
 */
export function viewAttempts(events: readonly Event[]): AttemptView[] {
  const attempts = new Map<number, AttemptView>();
  for (const event of events) {
    if (event.attempt === null) {
      continue;
    }
    const before = attempts.get(event.attempt);
    const after = event.type === "STEP_STARTED" ? begin(event, event.attempt) : before && follow(before, event);
    if (after !== undefined) {
      attempts.set(event.attempt, after);
    }
  }
  return [...attempts.values()];
}

function begin(event: Event, attempt: number): AttemptView {
  const startedAt = event.at.toISOString();
  return { attempt, status: "RUNNING", startedAt, endedAt: null, error: null, retryDelayMs: null };
}

function follow(attempt: AttemptView, event: Event): AttemptView {
  const status = ENDS[event.type];
  if (status !== undefined && attempt.status === "RUNNING") {
    return { ...attempt, status, endedAt: event.at.toISOString(), error: readError(attempt, event) };
  }
  const delayMs = event.data["delayMs"];
  return event.type === "STEP_RETRYING" && typeof delayMs === "number"
    ? { ...attempt, retryDelayMs: delayMs }
    : attempt;
}

function readError(attempt: AttemptView, event: Event): AttemptView["error"] {
  const parsed = EventError.safeParse(event.data);
  if (event.type !== "STEP_FAILED" || !parsed.success) {
    return null;
  }
  const { code, message, http } = parsed.data;
  const error = { code, message, ...(http === undefined ? {} : { http }) };
  return viewStepError(error, event.step, attempt.attempt);
}
