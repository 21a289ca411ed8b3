import { z } from "@hono/zod-openapi";
import { Instant, Nothing } from "../http/fields.ts";
import { defineOperation } from "../http/operation.ts";

const Part = z.enum(["ok", "unavailable"]);

const Postgres = z
  .enum(["ok", "standby", "read_only", "refuses_writes", "unavailable"])
  .openapi({ description: "Anything but `ok`: nothing can be started or changed; `faults` says why." });

/** State of one shard's queue; nulls when it does not answer. */
export const ShardHealth = z
  .object({
    shard: z.int(),
    redis: Part,
    queueDepth: z.int().nullable(),
    queueDue: z.int().nullable(),
    queueLagMs: z.number().nullable().openapi({ description: "How long the oldest due message has been visible." }),
    openAttempts: z.int().nullable(),
  })
  .openapi("ShardHealth");

/** Liveness and, with a key, the state of the parts. */
const Health = z
  .object({
    status: z.enum(["ok", "degraded"]),
    postgres: Postgres.optional(),
    redis: Part.optional(),
    signalUrls: z.enum(["ok", "not_configured"]).optional().openapi({
      description: "`not_configured`: `run.signalUrl` fails, as `SIGNING_KEY` or `PUBLIC_URL` is not set.",
    }),
    oldestDueAt: Instant.nullable().optional(),
    shards: z.array(ShardHealth).optional(),
    faults: z
      .array(z.object({ part: z.string(), meaning: z.string() }))
      .optional()
      .openapi({ description: "What is not as it should be, and what that means for runs." }),
  })
  .openapi("Health");

/** `GET /api/health` */
export const getHealth = defineOperation({
  id: "getHealth",
  method: "get",
  path: "/api/health",
  role: null,
  isKeyOptional: true,
  summary: "Ask whether the service lives and, with a key, how its parts are",
  params: Nothing,
  query: Nothing,
  headers: [],
  body: { kind: "none" },
  result: Health,
  successes: { ok: "It lives." },
  problems: [],
});
