import type { z } from "@hono/zod-openapi";
import type { StepError } from "../../domain/run/outcome.ts";
import { viewInstant } from "../../functions/api/views/instant.ts";
import type { StepRecord } from "../runs/port.ts";
import type * as shapes from "../runs/shapes.ts";

/**
 * Shapes a step for the page of its run.
 *
 * @param step - The step.
 * @param needs - Ids of the steps that must be done first.
 * @returns What goes over the wire.
 */
export function viewStep(step: StepRecord, needs: readonly string[]): z.output<typeof shapes.Step> {
  return {
    key: step.key,
    id: step.nodeId,
    type: step.type,
    status: step.status,
    attempt: step.attempt,
    maxAttempts: step.maxAttempts,
    needs: [...needs],
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
export function viewStepError(error: StepError, step: string, attempt: number): z.output<typeof shapes.Failure> {
  const { code, message, http } = error;
  return { code, message, step, attempt, http: http ?? null };
}

/** A step keeps the error of its last failed attempt; once it succeeded, only its attempts tell of it. */
function viewError(step: StepRecord): z.output<typeof shapes.Failure> | null {
  const { error, status, key, attempt } = step;
  if (error === null || status === "COMPLETED" || status === "SKIPPED") {
    return null;
  }
  return viewStepError(error, key, status === "RUNNING" ? attempt - 1 : attempt);
}
