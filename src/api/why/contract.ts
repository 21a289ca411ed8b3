import { z } from "@hono/zod-openapi";
import { AnyJson, Instant } from "../http/fields.ts";
import { defineOperation } from "../http/operation.ts";
import { getRun } from "../runs/contract.ts";
import { RUN_STATUSES } from "../runs/shapes.ts";

/** What a run waits for. */
export const Why = z
  .object({
    status: z.enum(RUN_STATUSES),
    reason: z
      .enum([
        "completed",
        "failed",
        "canceled",
        "paused",
        "failing",
        "step_running",
        "step_retrying",
        "step_due",
        "waits_for_time",
        "waits_for_signal",
        "items_open",
        "items_failing",
        "nothing_due",
      ])
      .openapi({ description: "The same as `sentence`, for programs." }),
    sentence: z.string(),
    step: z.string().nullable(),
    since: Instant.nullable(),
    until: Instant.nullable(),
    data: AnyJson,
  })
  .openapi("Why");

/** `GET /api/runs/{id}/why` */
export const whyRun = defineOperation({
  ...getRun,
  id: "whyRun",
  path: "/api/runs/{id}/why",
  summary: "Ask what a run waits for, since when and until when",
  headers: [],
  result: Why,
  successes: { ok: "One sentence, and the same as data." },
});
