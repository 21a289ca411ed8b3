import { z } from "@hono/zod-openapi";
import type { PlanIndex } from "../../domain/plan/plan-index.ts";
import type { Event, StepEventType } from "../../domain/run/event.ts";
import type { StepError } from "../../domain/run/outcome.ts";
import type { StepStatus } from "../../domain/run/transitions.ts";
import { viewInstant } from "../http/fields.ts";
import type { Attempt, Failure, Step } from "./contract.ts";
import type { StepRecord } from "./port.ts";

/**
 * Shapes a step for the page of its run.
 *
 * @param step - The step.
 * @param plan - The plan of its run.
 * @returns What goes over the wire.
 */
export function viewStep(step: StepRecord, plan: PlanIndex): z.output<typeof Step> {
  return {
    key: step.key,
    id: step.nodeId,
    type: step.type,
    status: step.status,
    attempt: step.attempt,
    maxAttempts: step.maxAttempts,
    needs: [...(plan.nodes.get(step.nodeId)?.node.needs ?? [])],
    availableAt: viewInstant(step.availableAt),
    queuedAt: viewInstant(step.queuedAt),
    startedAt: viewInstant(step.startedAt),
    endedAt: viewInstant(step.endedAt),
    nextRetryAt: step.status === "RETRYING" ? viewInstant(step.availableAt) : null,
    inputBytes: step.inputBytes,
    outputBytes: step.outputBytes,
    error: viewError(step),
  };
}

/**
 * Shapes the error of an attempt.
 *
 * @param error - The error.
 * @param step - Key of the step.
 * @param attempt - The attempt that failed with it.
 * @returns What goes over the wire.
 */
function viewStepError(error: StepError, step: string, attempt: number): z.output<typeof Failure> {
  const { code, message, http } = error;
  return { code, message, step, attempt, http: http ?? null };
}

/** A step keeps the error of its last failed attempt; once it succeeded, only its attempts tell of it. */
function viewError(step: StepRecord): z.output<typeof Failure> | null {
  const { error, status, key, attempt } = step;
  if (error === null || status === "COMPLETED" || status === "SKIPPED") {
    return null;
  }
  return viewStepError(error, key, status === "RUNNING" ? attempt - 1 : attempt);
}

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
