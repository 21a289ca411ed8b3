import { z } from "@hono/zod-openapi";
import type { StepStatus } from "../../domain/run/transitions.ts";
import {
  AnyJson,
  Count,
  CursorParam,
  Instant,
  LimitParam,
  Nothing,
  pageOf,
  RunIdParam,
  StepKeyParam,
} from "../http/fields.ts";
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

const itemsShape = { total: Count, opened: Count, open: Count, completed: Count, failed: Count };

/** How far the items of a `foreach` have come. */
const ItemsProgress = z.object(itemsShape).openapi("ItemsProgress");

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
    z.object({ kind: z.literal("items"), ...itemsShape }),
    z.object({ kind: z.literal("block"), unfinished: Count, atWork: Count }),
  ])
  .openapi("WaitingFor", {
    description:
      "`timer`: an instant. `signal`: one that somebody sends. `items`: those of a `foreach`. `block`: the steps of an item.",
  });

const stepShape = {
  key: z.string().openapi({ description: "Unique in the run: `fetch`; `each[3]`, an item; `each[3].resize`." }),
  id: z.string().openapi({ description: "Id of the step in the recipe; of an item, that of its `foreach`." }),
  parent: z.string().nullable().openapi({
    description: "Key of what holds it: of an item its `foreach`, of a step of an item the item; null: the run itself.",
  }),
  type: z.string().openapi({ description: "The type in the recipe; `item` for an item of a `foreach`." }),
  status: z.enum(STEP_STATUSES),
  attempt: Count.openapi({ description: "Number of the current or last attempt; 0 before the first." }),
  maxAttempts: Count,
  needs: z.array(z.string()).openapi({ description: "Keys of the steps that must be done first." }),
  availableAt: Instant.nullable().openapi({
    description: "When something is due: ready since, retry, lease end, timer.",
  }),
  queuedAt: Instant.nullable(),
  startedAt: Instant.nullable(),
  endedAt: Instant.nullable(),
  nextRetryAt: Instant.nullable(),
  waitingFor: z.union([WaitingFor, z.null()]).openapi({ description: "Null when it does not wait." }),
  progress: z
    .union([ItemsProgress, z.null()])
    .openapi({ description: "Of a `foreach` whose items are known, also after its end." }),
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
    waitingSince: Instant.nullable().openapi({ description: "When it had done its work, and its step began to wait." }),
    endedAt: Instant.nullable(),
    error: FailureOrNull,
    retryDelayMs: z.number().nullable(),
  })
  .openapi("Attempt");

/** A step with its payloads and its attempts. */
export const StepDetail = z
  .object({ ...stepShape, input: AnyJson, output: AnyJson, attempts: z.array(Attempt) })
  .openapi("StepDetail");

/** `GET /api/runs/{id}/steps` */
export const listSteps = defineOperation({
  id: "listSteps",
  method: "get",
  path: "/api/runs/{id}/steps",
  role: "viewer",
  summary: "List the steps of a run, the items of a `foreach` or the steps of an item",
  params: z.strictObject({ id: RunIdParam }),
  query: z.strictObject({
    parent: StepKeyParam.optional().openapi({
      type: "string",
      description:
        "Key of a `foreach`: its items, those that have been opened. Key of an item: its steps. Without: the recipe's own steps.",
    }),
    status: z.array(z.enum(STEP_STATUSES)).max(STEP_STATUSES.length).optional().openapi({
      description:
        "May repeat. A page looks at 10,000 rows; one that is not full while there is a `nextCursor` has done so.",
    }),
    cursor: CursorParam,
    limit: LimitParam,
  }),
  headers: [],
  body: { kind: "none" },
  result: pageOf(Step),
  successes: { ok: "A page of steps, in the order of the recipe or of the list, without payloads." },
  problems: ["run_not_found", "step_not_found"],
});

/** `GET /api/runs/{id}/steps/{key}` */
export const getStep = defineOperation({
  id: "getStep",
  method: "get",
  path: "/api/runs/{id}/steps/{key}",
  role: "viewer",
  summary: "Get a step or an item with its input, output and attempts",
  params: z.strictObject({ id: RunIdParam, key: StepKeyParam }),
  query: Nothing,
  headers: [],
  body: { kind: "none" },
  result: StepDetail,
  successes: { ok: "The step." },
  problems: ["run_not_found", "step_not_found"],
});
