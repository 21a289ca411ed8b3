import { z } from "@hono/zod-openapi";
import { AnyJson, Instant, LimitParam, RunIdParam } from "../http/fields.ts";
import { defineOperation } from "../http/operation.ts";

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

/** Where a client is in the events of a run; the `id` of a message of its stream and `Last-Event-ID` are the same. */
const EventCursor = z
  .string()
  .regex(/^\d{1,9}$/, "`after` is the number of an event")
  .openapi("EventCursor", { description: "Number of the last event that is known, as text.", example: "12" });

/** `GET /api/runs/{id}/events` */
export const listEvents = defineOperation({
  id: "listEvents",
  method: "get",
  path: "/api/runs/{id}/events",
  role: "viewer",
  summary: "Read a run's audit log",
  params: z.strictObject({ id: RunIdParam }),
  query: z.strictObject({
    after: EventCursor.default("0"),
    limit: LimitParam,
  }),
  headers: [
    { name: "Accept", description: "`text/event-stream`: the events as a live stream; their `id` is their number." },
    { name: "Last-Event-ID", description: "Of a stream: number of the last event that is known; wins over `after`." },
  ],
  body: { kind: "none" },
  result: z.object({
    items: z.array(AuditEvent),
    nextCursor: z
      .union([EventCursor, z.null()])
      .openapi({ description: "The `after` of the next page; null on the last." }),
  }),
  stream:
    "Messages without a name: their `data` is an `Event`, their `id` its number. `end` follows the last event of a run that has ended: a client that comes back is answered with 204, and stops. `reconnect` ends a connection within 25 s: come back with the last `id`. Lines that begin with a colon say nothing.",
  successes: {
    ok: "Events in order; `nextCursor` is the `after` of the next page.",
    no_content: "Of a stream: the run has ended and its last event is known; do not come back.",
  },
  problems: ["run_not_found"],
});
