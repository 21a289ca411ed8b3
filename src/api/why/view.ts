import type { z } from "@hono/zod-openapi";
import type { Event } from "../../domain/run/event.ts";
import { viewInstant } from "../http/fields.ts";
import type { RunRecord } from "../runs/port.ts";
import type { StepRecord } from "../steps/port.ts";
import type { Why } from "./contract.ts";

type WhyView = z.output<typeof Why>;
type Explanation = Omit<WhyView, "status">;

const NOTHING = { step: null, since: null, until: null, data: {} };

/**
 * Says what a run waits for.
 *
 * @param run - The run.
 * @param operation - The event of the operator that paused or canceled it; null in other states.
 * @param now - The present instant.
 * @returns A sentence, and the same as data.
 */
export function explainRun(run: RunRecord, operation: Event | null, now: Date): WhyView {
  return { status: run.status, ...explain(run, operation, now) };
}

function explain(run: RunRecord, operation: Event | null, now: Date): Explanation {
  if (run.status === "COMPLETED") {
    return ended(run, "completed", "The run completed; it waits for nothing.");
  }
  if (run.status === "FAILED") {
    const repair = `Repair the cause, then POST /api/runs/${run.id}/retry.`;
    return ended(run, "failed", `The run failed: ${describeFailure(run)}. ${repair}`);
  }
  if (run.status === "CANCELED") {
    return ended(run, "canceled", `The run was canceled${byOperator(operation)}; it waits for nothing.`);
  }
  return run.status === "PAUSED" ? explainPaused(run, operation) : explainActive(run, now);
}

function explainPaused(run: RunRecord, operation: Event | null): Explanation {
  return {
    ...NOTHING,
    reason: "paused",
    sentence: `The run was paused${byOperator(operation)}; it goes on with POST /api/runs/${run.id}/resume.`,
    since: viewInstant(operation?.at ?? null),
    data: operation?.data ?? {},
  };
}

function explainActive(run: RunRecord, now: Date): Explanation {
  const running = run.steps.filter((step) => step.status === "RUNNING");
  if (run.failure !== null) {
    const names = running.map((step) => step.key).join(", ");
    return {
      ...NOTHING,
      reason: "failing",
      sentence: `The run is failing: ${describeFailure(run)}. It ends when the attempts that run are over: ${names}.`,
      step: run.failure.step,
      data: { running: running.map((step) => step.key) },
    };
  }
  const step = running[0] ?? soonest(run, "PENDING") ?? soonest(run, "RETRYING") ?? soonest(run, "WAITING");
  return step === undefined
    ? { ...NOTHING, reason: "nothing_due", sentence: "No step of the run is due; the sweeper will look after it." }
    : explainStep(step, now);
}

function explainStep(step: StepRecord, now: Date): Explanation {
  if (step.status === "RUNNING") {
    return explainRunning(step, now);
  }
  if (step.status === "PENDING") {
    return explainDue(step, now);
  }
  return step.status === "RETRYING" ? explainRetrying(step) : explainWaiting(step);
}

function explainRunning(step: StepRecord, now: Date): Explanation {
  const { key, attempt, maxAttempts, startedAt, availableAt } = step;
  const seconds = secondsSince(startedAt, now);
  return {
    reason: "step_running",
    sentence: `Step ${key} has been running for ${seconds} s (attempt ${attempt} of ${maxAttempts}).`,
    step: key,
    since: viewInstant(startedAt),
    until: null,
    data: { attempt, maxAttempts, leaseExpiresAt: viewInstant(availableAt) },
  };
}

function explainDue(step: StepRecord, now: Date): Explanation {
  const { key, queuedAt } = step;
  return {
    reason: "step_due",
    sentence: `Step ${key} is ready and has waited ${secondsSince(queuedAt, now)} s for a free place.`,
    step: key,
    since: viewInstant(queuedAt),
    until: null,
    data: {},
  };
}

function explainRetrying(step: StepRecord): Explanation {
  const { key, attempt, maxAttempts, availableAt, error } = step;
  const until = viewInstant(availableAt);
  const message = error?.message ?? "the attempt failed";
  return {
    reason: "step_retrying",
    sentence: `Step ${key} is tried again at ${until} (attempt ${attempt + 1} of ${maxAttempts}): ${message}.`,
    step: key,
    since: null,
    until,
    data: { attempt, maxAttempts, code: error?.code ?? null },
  };
}

function explainWaiting(step: StepRecord): Explanation {
  const { key, availableAt, startedAt, waitingFor } = step;
  const until = viewInstant(availableAt);
  return {
    reason: "step_waiting",
    sentence: `Step ${key} waits${until === null ? " for something outside" : ` until ${until}`}.`,
    step: key,
    since: viewInstant(startedAt),
    until,
    data: { waitingFor },
  };
}

function ended(run: RunRecord, reason: WhyView["reason"], sentence: string): Explanation {
  return { ...NOTHING, reason, sentence, step: run.failure?.step ?? null, since: viewInstant(run.endedAt) };
}

function describeFailure({ failure }: RunRecord): string {
  if (failure === null) {
    return "for a reason that is not known";
  }
  const where = failure.step === null ? "" : `step ${failure.step}: `;
  return `${where}${failure.message} (${failure.code})`;
}

function byOperator(operation: Event | null): string {
  if (operation === null) {
    return "";
  }
  const { reason } = operation.data;
  return ` by ${operation.actor}${typeof reason === "string" ? ` (${reason})` : ""}`;
}

/** The step in a state for which something is due first. */
function soonest(run: RunRecord, status: StepRecord["status"]): StepRecord | undefined {
  return run.steps
    .filter((step) => step.status === status && (status === "WAITING" || step.availableAt !== null))
    .toSorted((left, right) => timeOf(left) - timeOf(right))[0];
}

function timeOf(step: StepRecord): number {
  return step.availableAt?.getTime() ?? Number.MAX_SAFE_INTEGER;
}

function secondsSince(instant: Date | null, now: Date): string {
  return instant === null ? "0" : (Math.max(0, now.getTime() - instant.getTime()) / 1000).toFixed(1);
}
