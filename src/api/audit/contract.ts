import { z } from "@hono/zod-openapi";
import { AuditEvent } from "../events/contract.ts";
import {
  AnyJson,
  CursorParam,
  Instant,
  LimitParam,
  Nothing,
  pageOf,
  PlainText,
  WorkflowNameParam,
} from "../http/fields.ts";
import { defineOperation } from "../http/operation.ts";
import { getRun, InstantParam } from "../runs/contract.ts";

/** What checking a run's log came to. */
export const Verification = z
  .object({
    ok: z.boolean(),
    events: z.int().openapi({ description: "How many events were as they were written, from the first on." }),
    head: z.string().openapi({ description: "Hash of the last event as the run's row has it, in hex." }),
    brokenAt: z.int().optional().openapi({ description: "Number of the first event that is not as it was written." }),
    reason: z.string().optional(),
  })
  .openapi("Verification");

/** `GET /api/runs/{id}/verify` */
export const verifyRun = defineOperation({
  ...getRun,
  id: "verifyRun",
  path: "/api/runs/{id}/verify",
  summary: "Check that a run's audit log is as it was written",
  headers: [],
  result: Verification,
  successes: { ok: "The verdict." },
});

/** `GET /api/runs/{id}/export` */
export const exportRun = defineOperation({
  ...getRun,
  id: "exportRun",
  path: "/api/runs/{id}/export",
  summary: "Export a run's audit log",
  headers: [],
  result: z.string(),
  mediaType: "application/x-ndjson",
  successes: {
    ok: "NDJSON: first the head of the chain, then an event a line. `npm run verify-export FILE` checks it offline.",
  },
});

/** `GET /api/audit` */
export const listAudit = defineOperation({
  id: "listAudit",
  method: "get",
  path: "/api/audit",
  role: "viewer",
  summary: "Read the audit logs of all runs, newest first",
  params: Nothing,
  query: z.strictObject({
    type: z
      .array(z.string().regex(/^[A-Z_]{1,40}$/, "a type is written in upper case: STEP_FAILED"))
      .max(30)
      .optional()
      .openapi({ description: "May repeat." }),
    actor: PlainText.max(200).optional(),
    workflow: WorkflowNameParam.optional(),
    from: InstantParam,
    to: InstantParam,
    cursor: CursorParam,
    limit: LimitParam,
  }),
  headers: [],
  body: { kind: "none" },
  result: pageOf(AuditEvent),
  successes: { ok: "A page of events; one that is not full while there is a `nextCursor` has taken long enough." },
  problems: [],
});

/** An entry of the log of operators. */
const OperatorEvent = z
  .object({
    id: z.int(),
    at: Instant,
    actor: z.string(),
    type: z.enum(["WORKFLOW_SAVED", "WORKFLOW_DELETED", "KEY_CREATED", "KEY_REVOKED"]),
    subject: z.string().openapi({ description: "Name of what was changed." }),
    data: AnyJson,
  })
  .openapi("OperatorEvent");

/** `GET /api/audit/operators` */
export const listOperatorEvents = defineOperation({
  id: "listOperatorEvents",
  method: "get",
  path: "/api/audit/operators",
  role: "viewer",
  summary: "Read what operators did that belongs to no run, newest first",
  params: Nothing,
  query: z.strictObject({ cursor: CursorParam, limit: LimitParam }),
  headers: [],
  body: { kind: "none" },
  result: pageOf(OperatorEvent),
  successes: { ok: "A page of entries." },
  problems: [],
});
