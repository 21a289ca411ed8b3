import { z } from "@hono/zod-openapi";
import { containerOf, isItemKey, siblingOf } from "../../domain/path.ts";
import type { PlanIndex } from "../../domain/plan/plan-index.ts";
import type { Event, StepEventType } from "../../domain/run/event.ts";
import type { StepError } from "../../domain/run/outcome.ts";
import type { StepStatus } from "../../domain/run/transitions.ts";
import type { WaitingFor } from "../../domain/run/waiting.ts";
import { viewInstant } from "../http/fields.ts";
import type * as contract from "./contract.ts";
import type { Attempt, Step, Failure } from "./contract.ts";
import type { StepRecord } from "./port.ts";

/**
 * Shapes a step or an item for a list.
 *
 * @param step - The step.
 * @param plan - The plan of its run.
 * @returns What goes over the wire.
 */
export function viewStep(step: StepRecord, plan: PlanIndex): z.output<typeof Step> {
  return {
    key: step.key,
    id: step.nodeId,
    parent: containerOf(step.key),
    type: step.type,
    status: step.status,
    attempt: step.attempt,
    maxAttempts: step.maxAttempts,
    needs: needsOf(step, plan),
    availableAt: viewInstant(step.availableAt),
    queuedAt: viewInstant(step.queuedAt),
    startedAt: viewInstant(step.startedAt),
    endedAt: viewInstant(step.endedAt),
    nextRetryAt: step.status === "RETRYING" ? viewInstant(step.availableAt) : null,
    waitingFor: step.status === "WAITING" && step.waitingFor !== null ? viewWaitingFor(step.waitingFor) : null,
    progress: viewProgress(step),
    inputBytes: step.inputBytes,
    outputBytes: step.outputBytes,
    error: viewError(step),
  };
}

/** An item begins when its turn comes. */
function needsOf({ key, nodeId }: StepRecord, plan: PlanIndex): string[] {
  const needs = isItemKey(key) ? [] : (plan.nodes.get(nodeId)?.node.needs ?? []);
  return needs.map((id) => siblingOf(key, id));
}

/** When a `foreach` ends, what was open is canceled with it. */
function viewProgress({ status, waitingFor }: StepRecord): z.output<typeof Step>["progress"] {
  if (waitingFor?.kind !== "items") {
    return null;
  }
  const { total, opened, open, completed, failed } = waitingFor;
  return { total, opened, open: status === "WAITING" ? open : 0, completed, failed };
}

/**
 * Shapes what a step waits for.
 *
 * @param waitingFor - As it is stored.
 * @returns What goes over the wire.
 */
export function viewWaitingFor(waitingFor: WaitingFor): z.output<typeof contract.WaitingFor> {
  switch (waitingFor.kind) {
    case "timer":
    case "signal":
      return { ...waitingFor };
    case "items": {
      const { kind, total, opened, open, completed, failed } = waitingFor;
      return { kind, total, opened, open, completed, failed };
    }
    case "block": {
      const { kind, unfinished, atWork } = waitingFor;
      return { kind, unfinished, atWork };
    }
  }
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
  return { attempt, status: "RUNNING", startedAt, waitingSince: null, endedAt: null, error: null, retryDelayMs: null };
}

function follow(attempt: AttemptView, event: Event): AttemptView {
  const at = event.at.toISOString();
  const isOpen = attempt.status === "RUNNING" || attempt.status === "WAITING";
  if (isWait(event)) {
    return { ...attempt, status: "WAITING", waitingSince: at, endedAt: null, error: null };
  }
  const status = ENDS[event.type];
  if (status !== undefined && isOpen) {
    return { ...attempt, status, endedAt: at, error: readError(attempt, event) };
  }
  const delayMs = event.data["delayMs"];
  return event.type === "STEP_RETRYING" && typeof delayMs === "number"
    ? { ...attempt, retryDelayMs: delayMs }
    : attempt;
}

/** A `foreach` that failed waits again, in the same attempt, when an operator's retry opens its items again. */
function isWait({ type, to }: Event): boolean {
  return type === "STEP_WAITING" || (type === "STEP_RESET" && to === "WAITING");
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
