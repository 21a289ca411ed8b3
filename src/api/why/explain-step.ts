import type { z } from "@hono/zod-openapi";
import type { ItemsProgress, ScopeFailure, SignalWait } from "../../domain/run/waiting.ts";
import { viewInstant } from "../http/fields.ts";
import type { StepRecord } from "../steps/port.ts";
import { viewWaitingFor } from "../steps/view.ts";
import type { Why } from "./contract.ts";

/** What a run or a step waits for, without the run's status. */
export type Explanation = Omit<z.output<typeof Why>, "status">;

/** What the sentence about a step says besides the step. */
export interface StepContext {
  readonly runId: string;
  readonly now: Date;
}

/**
 * Says what a step that is not done waits for.
 *
 * @param step - The step.
 * @param context - Its run, and the present instant.
 * @returns A sentence, and the same as data.
 */
export function explainStep(step: StepRecord, context: StepContext): Explanation {
  if (step.status === "RUNNING") {
    return explainRunning(step, context);
  }
  if (step.status === "PENDING") {
    return explainDue(step, context);
  }
  return step.status === "RETRYING" ? explainRetrying(step) : explainWaiting(step, context);
}

function explainRunning(step: StepRecord, { now }: StepContext): Explanation {
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

function explainDue({ key, queuedAt }: StepRecord, { now }: StepContext): Explanation {
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

function explainWaiting(step: StepRecord, context: StepContext): Explanation {
  const { key, availableAt, startedAt, waitingFor } = step;
  return {
    ...describeWait(step, context),
    step: key,
    since: viewInstant(startedAt),
    until: viewInstant(availableAt),
    data: { waitingFor: waitingFor === null ? null : viewWaitingFor(waitingFor) },
  };
}

function describeWait(step: StepRecord, context: StepContext): Pick<Explanation, "reason" | "sentence"> {
  const { key, waitingFor } = step;
  switch (waitingFor?.kind) {
    case undefined:
      return { reason: "waits_for_time", sentence: `Step ${key} waits for something outside.` };
    case "timer":
      return { reason: "waits_for_time", sentence: `Step ${key} waits until ${describeEnd(step, context)}.` };
    case "signal":
      return { reason: "waits_for_signal", sentence: describeSignal(step, waitingFor, context) };
    case "items":
      return describeItems(key, waitingFor);
    case "block": {
      const { unfinished, atWork, failure } = waitingFor;
      return failure === null
        ? {
            reason: "items_open",
            sentence: `Item ${key} has ${count(unfinished, "step")} to go, ${atWork} of them at work.`,
          }
        : {
            reason: "items_failing",
            sentence: `Item ${key} is failing: ${describeFailure(failure)}. It ends when ${count(atWork, "step")} at work ${be(atWork)} over.`,
          };
    }
  }
}

function describeSignal(step: StepRecord, { name, until }: SignalWait, context: StepContext): string {
  const since = viewInstant(step.startedAt);
  const end = until === null ? "for as long as it takes" : `until ${describeEnd(step, context)}`;
  return `Step ${step.key} waits for the signal ${name} since ${since}, ${end}; send it with POST /api/runs/${context.runId}/signals/${name}.`;
}

/** Where a `foreach` fails, what failed matters more than how far it came. */
function describeItems(key: string, progress: ItemsProgress): Pick<Explanation, "reason" | "sentence"> {
  const { total, open, completed, failed, failure } = progress;
  const counted = `${completed} of ${count(total, "item")} ${be(total)} done, ${open} ${be(open)} open, ${failed} failed`;
  return failure === null
    ? { reason: "items_open", sentence: `${key}: ${counted}.` }
    : {
        reason: "items_failing",
        sentence: `${key} is failing: ${describeFailure(failure)}. It ends when the items that are open are over: ${counted}.`,
      };
}

function describeFailure({ code, message }: ScopeFailure): string {
  return `${message} (${code})`;
}

/** By the row: a clock that was set back moves what is due, and leaves what was asked for. */
function describeEnd({ availableAt }: StepRecord, { now }: StepContext): string {
  if (availableAt === null) {
    return "an instant that is not known";
  }
  const leftMs = availableAt.getTime() - now.getTime();
  return `${viewInstant(availableAt)}, ${leftMs <= 0 ? "which is now" : `${describeSpan(leftMs)} from now`}`;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A unit is used from one and a half of it on. */
const UNITS = [
  ["day", DAY_MS],
  ["hour", HOUR_MS],
  ["minute", MINUTE_MS],
] as const;

function describeSpan(spanMs: number): string {
  const [unit, unitMs] = UNITS.find(([, ms]) => spanMs >= 1.5 * ms) ?? ["second", SECOND_MS];
  return count(Math.max(1, Math.round(spanMs / unitMs)), unit);
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

function be(number: number): string {
  return number === 1 ? "is" : "are";
}

function secondsSince(instant: Date | null, now: Date): string {
  return instant === null ? "0" : (Math.max(0, now.getTime() - instant.getTime()) / 1000).toFixed(1);
}
