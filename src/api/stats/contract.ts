import { z } from "@hono/zod-openapi";
import { parseDuration } from "../../language/durations.ts";
import { Instant, Nothing } from "../http/fields.ts";
import { defineOperation } from "../http/operation.ts";

const WINDOW_MS_MIN = 60_000;
const WINDOW_MS_MAX = 31 * 86_400_000;
const WINDOW_MS_DEFAULT = 3_600_000;

const WindowParam = z
  .string()
  .transform((text, context) => {
    const windowMs = parseDuration(text);
    if (windowMs === null || windowMs < WINDOW_MS_MIN || windowMs > WINDOW_MS_MAX) {
      context.addIssue({ code: "custom", message: "`window` is a duration from 1m to 31d, such as 1h" });
      return z.NEVER;
    }
    return windowMs;
  })
  .default(WINDOW_MS_DEFAULT)
  .openapi({ type: "string", example: "1h", default: "1h" });

const Counts = z
  .record(z.string(), z.int())
  .openapi({ description: "How many runs, by status; those with none are not there." });

/** `GET /api/stats` */
export const getStats = defineOperation({
  id: "getStats",
  method: "get",
  path: "/api/stats",
  role: "viewer",
  summary: "Count the runs of a span of time",
  params: Nothing,
  query: z.strictObject({ window: WindowParam }),
  headers: [],
  body: { kind: "none" },
  result: z
    .object({
      from: Instant,
      to: Instant,
      total: z.int(),
      byStatus: Counts,
      active: Counts.openapi({ description: "Runs that have not ended, whenever they were created, by status." }),
      bucketMs: z.int(),
      buckets: z
        .array(z.object({ at: Instant, total: z.int(), byStatus: Counts }))
        .openapi({ description: "By the instant of creation, in order, without gaps." }),
      durationMs: z
        .object({ p50: z.number(), p95: z.number() })
        .nullable()
        .openapi({ description: "Of completed runs, from the first attempt to the end." }),
      isPartial: z.boolean().openapi({ description: "There are more than 100,000 runs: the newest are counted." }),
    })
    .openapi("Stats"),
  successes: { ok: "The figures." },
  problems: [],
});
