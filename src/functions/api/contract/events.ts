import { z } from "@hono/zod-openapi";
import { AnyJson, Instant, LimitParam, pageOf, RunIdParam } from "./common.ts";
import { defineOperation } from "./operation.ts";

/** An entry of the audit log. */
export const AuditEvent = z
  .object({
    runId: z.string().openapi({ format: "uuid" }),
    seq: z.int().min(1),
    at: Instant,
    type: z.string().openapi({ example: "STEP_COMPLETED" }),
    step: z.string().nullable(),
    attempt: z.int().nullable(),
    from: z.string().nullable(),
    to: z.string().nullable(),
    actor: z.string(),
    data: AnyJson,
    prevHash: z.string(),
    hash: z.string().openapi({ description: "SHA-256 over everything else in canonical form, in hex." }),
  })
  .openapi("Event");

/** `GET /api/runs/{id}/events` */
export const listEvents = defineOperation({
  id: "listEvents",
  method: "get",
  path: "/api/runs/{id}/events",
  role: "viewer",
  summary: "Read a run's audit log",
  params: z.strictObject({ id: RunIdParam }),
  query: z.strictObject({
    after: z
      .string()
      .regex(/^\d{1,9}$/, "`after` is the number of an event")
      .transform(Number)
      .default(0)
      .openapi({ type: "integer", minimum: 0, default: 0, description: "Number of the last event that is known." }),
    limit: LimitParam,
  }),
  headers: [
    { name: "Accept", description: "`text/event-stream`: the events as a live stream; their `id` is their number." },
    { name: "Last-Event-ID", description: "Of a stream: number of the last event that is known; wins over `after`." },
  ],
  body: { kind: "none" },
  result: pageOf(AuditEvent),
  successes: {
    ok: "Events in order; `nextCursor` is the `after` of the next page.",
    no_content: "Of a stream: the run has ended and its last event is known; do not come back.",
  },
  problems: ["run_not_found"],
});
