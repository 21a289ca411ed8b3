import { z } from "@hono/zod-openapi";
import { defineOperation } from "./operation.ts";
import { RunSummary } from "./run-shapes.ts";

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
  result: RunSummary,
  mediaType: "text/event-stream",
  successes: {
    ok: "A stream: `open` first, then a run summary for each change; `reset` tells to load the list again, `reconnect` ends the connection within 25 s.",
  },
  problems: [],
});
