import { z } from "@hono/zod-openapi";
import type { RunStatus } from "../../domain/run/transitions.ts";
import { AnyJson, Instant, Count } from "../http/fields.ts";
import { FailureOrNull, Step, WaitingFor } from "../steps/contract.ts";

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

/** A run with its steps. */
export const Run = z
  .object({
    ...summaryShape,
    steps: z
      .array(Step)
      .openapi({ description: "The recipe's own; what `foreach` steps hold is at `/steps?parent=`." }),
    counts: StepCounts.openapi({ description: "Of all steps, items and steps of items." }),
    input: Payload,
    output: Payload,
    revision: Count.openapi({ description: "Grows with every change." }),
    seq: Count.openapi({ description: "Number of the last event." }),
    deadlineAt: Instant.nullable(),
    parent: z.object({ run: z.string(), step: z.string() }).nullable().openapi({
      description: "Of a run that another started; null as long as no step type starts runs.",
    }),
    rerunOf: z.string().nullable(),
    waitingFor: z
      .array(z.object({ step: z.string(), since: Instant.nullable(), until: Instant.nullable(), for: WaitingFor }))
      .openapi({
        description:
          "At most 20: steps that wait for a signal, then for a time, wherever they are, then `foreach` steps of the recipe.",
      }),
  })
  .openapi("Run");
