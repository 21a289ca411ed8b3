import { z } from "@hono/zod-openapi";
import { Nothing, SMALL_BODY_BYTES_MAX } from "../http/fields.ts";
import { defineOperation } from "../http/operation.ts";
import { listRuns, RunParams } from "../runs/contract.ts";

/** Most runs of one bulk call: each is a call of its own to a shard, and an invocation may make so many. */
export const BULK_RUNS_MAX = 500;

const { status, workflow, label, q, from, to } = listRuns.query.shape;

/** What to do to which runs. */
export const BulkBody = z
  .strictObject({
    action: z.enum(["cancel", "retry", "rerun"]),
    ids: z.array(RunParams.shape.id).min(1).max(BULK_RUNS_MAX).optional(),
    filter: z
      .strictObject({ status, workflow, label, q, from, to })
      .optional()
      .openapi({ description: "As the parameters of `GET /api/runs`." }),
    expectedCount: z.int().min(0).openapi({ description: "How many runs this should be; else it is refused." }),
    reason: z.string().max(500).optional().openapi({ description: "Noted in the log of canceled runs." }),
  })
  .refine(({ ids, filter }) => (ids === undefined) !== (filter === undefined), "give either `ids` or `filter`");

/** `POST /api/runs/bulk` */
export const bulkRuns = defineOperation({
  id: "bulkRuns",
  method: "post",
  path: "/api/runs/bulk",
  role: "operator",
  summary: "Cancel, retry or rerun many runs",
  params: Nothing,
  query: Nothing,
  headers: [],
  body: {
    kind: "json",
    schema: BulkBody,
    bytesMax: 2 * SMALL_BODY_BYTES_MAX,
    isOptional: false,
  },
  result: z
    .object({
      matched: z.int(),
      applied: z.int(),
      refused: z.array(z.object({ id: z.string(), code: z.string(), detail: z.string() })),
      started: z.array(z.string()).openapi({ description: "Ids of the new runs of a `rerun`." }),
    })
    .openapi("BulkResult"),
  successes: { ok: "What came of it; each run is changed or refused by itself." },
  problems: ["count_mismatch"],
});
