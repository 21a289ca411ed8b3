import { z } from "@hono/zod-openapi";
import type { RunStatus, StepStatus } from "../../domain/run/transitions.ts";
import { AnyJson, Instant } from "../http/fields.ts";

/** Every state of a run, in the order of its life. */
export const RUN_STATUSES = [
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

/** Every state of a step, in the order of its life. */
const STEP_STATUSES = [
  "PENDING",
  "RUNNING",
  "RETRYING",
  "WAITING",
  "COMPLETED",
  "FAILED",
  "SKIPPED",
  "CANCELED",
] as const satisfies readonly StepStatus[];

const Count = z.int().min(0);

/** How many steps of a run are in each state. */
export const StepCounts = z
  .object({
    total: Count,
    pending: Count,
    running: Count,
    retrying: Count,
    waiting: Count,
    completed: Count,
    failed: Count,
    skipped: Count,
    canceled: Count,
  })
  .openapi("StepCounts");

/** Why a run or an attempt failed. */
export const Failure = z
  .object({
    code: z.string(),
    message: z.string(),
    step: z.string().nullable(),
    attempt: Count.nullable(),
    http: z.object({ status: z.int().nullable(), url: z.string(), method: z.string() }).nullable(),
  })
  .openapi("Failure");

/** A union, because the OpenAPI generator writes a nullable reference as one that null never matches. */
const FailureOrNull = z.union([Failure, z.null()]);

const summaryShape = {
  id: z.string().openapi({ format: "uuid" }),
  workflow: z.string(),
  version: z.int(),
  status: z.enum(RUN_STATUSES),
  labels: z.record(z.string(), z.string()),
  createdAt: Instant,
  startedAt: Instant.nullable(),
  endedAt: Instant.nullable(),
  durationMs: Count.nullable().openapi({ description: "From the first attempt to the end; null before the end." }),
  attempts: Count.openapi({ description: "Attempts of all steps together." }),
  error: FailureOrNull,
};

/** A run as lists show it. */
export const RunSummary = z.object({ ...summaryShape, steps: StepCounts }).openapi("RunSummary");

/** A payload, or the beginning of one that is larger than 64 KiB. */
export const Payload = AnyJson.openapi("Payload", {
  description:
    "The value; above 64 KiB `{ truncated: true, bytes, preview }` instead, with the whole at `/input` or `/output`.",
});

/** A run as a start gives it. */
export const StartedRun = RunSummary.extend({
  output: Payload.optional().openapi({ description: "With `wait`: the run's output, null when it has none." }),
}).openapi("StartedRun");

const stepShape = {
  key: z.string(),
  id: z.string().openapi({ description: "Id of the step in the recipe." }),
  type: z.string(),
  status: z.enum(STEP_STATUSES),
  attempt: Count.openapi({ description: "Number of the current or last attempt; 0 before the first." }),
  maxAttempts: Count,
  needs: z.array(z.string()),
  availableAt: Instant.nullable().openapi({
    description: "When something is due: ready since, retry, lease end, timer.",
  }),
  queuedAt: Instant.nullable(),
  startedAt: Instant.nullable(),
  endedAt: Instant.nullable(),
  nextRetryAt: Instant.nullable(),
  inputBytes: Count.nullable(),
  outputBytes: Count.nullable(),
  error: FailureOrNull,
};

/** A step as the page of its run shows it. */
export const Step = z.object(stepShape).openapi("Step");

/** A run with its steps. */
export const Run = z
  .object({
    ...summaryShape,
    steps: z.array(Step),
    counts: StepCounts,
    input: Payload,
    output: Payload,
    revision: Count.openapi({ description: "Grows with every change." }),
    seq: Count.openapi({ description: "Number of the last event." }),
    deadlineAt: Instant.nullable(),
    parent: z.object({ run: z.string(), step: z.string() }).nullable(),
    rerunOf: z.string().nullable(),
    waitingFor: z.array(z.object({ step: z.string(), until: Instant.nullable(), for: AnyJson })),
  })
  .openapi("Run");

/** One try of a step. */
export const Attempt = z
  .object({
    attempt: Count,
    status: z.enum(STEP_STATUSES),
    startedAt: Instant.nullable(),
    endedAt: Instant.nullable(),
    error: FailureOrNull,
    retryDelayMs: z.number().nullable(),
  })
  .openapi("Attempt");

/** A step with its payloads and its attempts. */
export const StepDetail = z
  .object({ ...stepShape, input: AnyJson, output: AnyJson, attempts: z.array(Attempt) })
  .openapi("StepDetail");
