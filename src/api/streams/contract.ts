import { z } from "@hono/zod-openapi";
import { defineOperation } from "../http/operation.ts";

/** `GET /api/stream` */
export const streamRuns = defineOperation({
  id: "streamRuns",
  method: "get",
  path: "/api/stream",
  role: "viewer",
  summary: "Watch all runs (server-sent events)",
  params: z.strictObject({}),
  query: z.strictObject({
    after: z
      .string()
      .max(4_000)
      .optional()
      .openapi({ description: "The `id` of the last message that was received; `Last-Event-ID` does the same." }),
  }),
  headers: [{ name: "Last-Event-ID", description: "The `id` of the last message that was received." }],
  body: { kind: "none" },
  result: z.string(),
  mediaType: "text/event-stream",
  stream:
    "`open` comes first, when all shards are listened to. Messages without a name tell of a run that changed: their `data` is a `RunSummary`. `reset` asks to load the list again, because changes were missed. `reconnect` ends a connection within 25 s: come back with the last `id`.",
  successes: { ok: "A stream." },
  problems: [],
});
