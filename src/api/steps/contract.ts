import { z } from "@hono/zod-openapi";
import type { StepStatus } from "../../domain/run/transitions.ts";
import { AnyJson, Count, Instant, Nothing, RunIdParam, StepKeyParam } from "../http/fields.ts";
import { defineOperation } from "../http/operation.ts";

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

/** The same or null. A union, because the OpenAPI generator writes a nullable reference as one that null never matches. */
export const FailureOrNull = z.union([Failure, z.null()]);

/** What a step waits for. */
export const WaitingFor = z
  .discriminatedUnion("kind", [
    z.object({ kind: z.literal("timer"), until: z.string() }),
    z.object({
      kind: z.literal("signal"),
      name: z.string(),
      until: z.string().nullable(),
      schema: AnyJson.openapi({ description: "JSON Schema of the payload; null: anything goes." }),
    }),
    z.object({
      kind: z.literal("items"),
      total: Count,
      opened: Count,
      open: Count,
      completed: Count,
      failed: Count,
    }),
    z.object({ kind: z.literal("block"), unfinished: Count, atWork: Count }),
  ])
  .openapi("WaitingFor");

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

/** `GET /api/runs/{id}/steps/{key}` */
export const getStep = defineOperation({
  id: "getStep",
  method: "get",
  path: "/api/runs/{id}/steps/{key}",
  role: "viewer",
  summary: "Get a step with its input, output and attempts",
  params: z.strictObject({ id: RunIdParam, key: StepKeyParam }),
  query: Nothing,
  headers: [],
  body: { kind: "none" },
  result: StepDetail,
  successes: { ok: "The step." },
  problems: ["run_not_found", "step_not_found"],
});
