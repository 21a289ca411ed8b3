import { z } from "@hono/zod-openapi";
import { parseDuration } from "../../language/durations.ts";
import {
  AnyJson,
  CursorParam,
  INPUT_BYTES_MAX,
  Instant,
  INTEGER_MAX,
  Labels,
  LimitParam,
  Nothing,
  pageOf,
  PlainText,
  RunIdParam,
  SMALL_BODY_BYTES_MAX,
  WorkflowNameParam,
} from "../http/fields.ts";
import { defineOperation } from "../http/operation.ts";
import { Run, RUN_STATUSES, RunSummary, StartedRun } from "./shapes.ts";

/** The longest that a start waits for the end of its run, in ms. */
const WAIT_MS_MAX = 25_000;

const INSTANT = /^(\d{4}-\d\d-\d\d)(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?$/;
const FIRST_INSTANT = new Date("0001-01-01T00:00:00.000Z");
const LAST_INSTANT = new Date("9999-12-31T23:59:59.999Z");

/** The run in a path. */
export const RunParams = z.strictObject({ id: RunIdParam });

/** An instant in a query: one that both the API and PostgreSQL write with a year of four digits. */
export const InstantParam = z
  .string()
  .transform((text, context) => {
    const instant = parseInstant(text);
    if (instant === null) {
      const message = "not an instant of the years 1 to 9999; write it like 2026-07-01T12:00:00Z";
      context.addIssue({ code: "custom", message });
      return z.NEVER;
    }
    return instant;
  })
  .optional()
  .openapi({ type: "string", format: "date-time" });

const LabelParam = z
  .string()
  .max(400)
  .regex(/^[^:\0]+:[^\0]*$/, "a label filter is written name:value")
  .transform((text): readonly [string, string] => [text.slice(0, text.indexOf(":")), text.slice(text.indexOf(":") + 1)])
  .openapi({ type: "string", example: "team:billing" });

/** How long to wait for the end of a run. */
const WaitParam = z
  .string()
  .transform((text, context) => {
    const waitMs = parseDuration(text);
    if (waitMs === null) {
      context.addIssue({ code: "custom", message: "`wait` is a duration such as 10s" });
      return z.NEVER;
    }
    return Math.min(waitMs, WAIT_MS_MAX);
  })
  .optional()
  .openapi({ type: "string", example: "10s", description: "How long to wait for the end of the run; at most 25s." });

/** `POST /api/workflows/{name}/runs` */
export const startRun = defineOperation({
  id: "startRun",
  method: "post",
  path: "/api/workflows/{name}/runs",
  role: "operator",
  summary: "Start a run",
  params: z.strictObject({ name: WorkflowNameParam }),
  query: z.strictObject({ wait: WaitParam }),
  headers: [
    { name: "Idempotency-Key", description: "The same key and body give the same run, however often they are sent." },
  ],
  body: {
    kind: "json",
    schema: z.strictObject({
      input: AnyJson.optional(),
      version: z.int().min(1).max(INTEGER_MAX).optional().openapi({ description: "Default: the latest." }),
      labels: Labels.optional(),
    }),
    bytesMax: INPUT_BYTES_MAX,
    isOptional: true,
  },
  result: StartedRun,
  successes: {
    accepted: "The run, under way.",
    ok: "The run of an earlier start with this key, or one that ended during `wait`.",
  },
  problems: ["workflow_not_found", "version_not_found", "workflow_disabled", "idempotency_conflict", "invalid_input"],
});

/** `GET /api/runs` */
export const listRuns = defineOperation({
  id: "listRuns",
  method: "get",
  path: "/api/runs",
  role: "viewer",
  summary: "List runs, newest first",
  params: Nothing,
  query: z.strictObject({
    status: z.array(z.enum(RUN_STATUSES)).max(RUN_STATUSES.length).optional().openapi({ description: "May repeat." }),
    workflow: WorkflowNameParam.optional(),
    label: z.array(LabelParam).max(8).optional().openapi({ description: "name:value; may repeat." }),
    q: PlainText.max(200)
      .optional()
      .openapi({ description: "Text in the id (its beginning), workflow, labels or error." }),
    from: InstantParam,
    to: InstantParam,
    cursor: CursorParam,
    limit: LimitParam,
  }),
  headers: [],
  body: { kind: "none" },
  result: pageOf(RunSummary).extend({
    searchedTo: Instant.nullable().openapi({
      description:
        "A search looks at 10,000 runs a page. Not null: it gave up at runs created then, with the page not full; `nextCursor` looks further back.",
    }),
  }),
  successes: { ok: "A page of runs, without payloads." },
  problems: [],
});

/** `GET /api/runs/{id}` */
export const getRun = defineOperation({
  id: "getRun",
  method: "get",
  path: "/api/runs/{id}",
  role: "viewer",
  summary: "Get a run with its steps",
  params: RunParams,
  query: Nothing,
  headers: [{ name: "If-None-Match", description: "The `ETag` of the run as it is known." }],
  body: { kind: "none" },
  result: Run,
  successes: {
    ok: "The run. Large payloads are cut: get them whole at `/input` and `/output`.",
    not_modified: "Nothing has happened in the run since.",
  },
  problems: ["run_not_found"],
});

/** `GET /api/runs/{id}/input` */
export const getRunInput = defineOperation({
  ...getRun,
  id: "getRunInput",
  path: "/api/runs/{id}/input",
  summary: "Get a run's whole input",
  headers: [],
  result: AnyJson,
  successes: { ok: "The input." },
});

/** `GET /api/runs/{id}/output` */
export const getRunOutput = defineOperation({
  ...getRunInput,
  id: "getRunOutput",
  path: "/api/runs/{id}/output",
  summary: "Get a run's whole output",
  successes: { ok: "The output; null while there is none." },
});

const ReasonBody = z.strictObject({ reason: PlainText.max(500).optional() });

/** `POST /api/runs/{id}/cancel` */
export const cancelRun = defineOperation({
  ...getRun,
  id: "cancelRun",
  method: "post",
  path: "/api/runs/{id}/cancel",
  role: "operator",
  summary: "Cancel a run",
  headers: [],
  body: { kind: "json", schema: ReasonBody, bytesMax: SMALL_BODY_BYTES_MAX, isOptional: true },
  successes: { ok: "The run, canceled." },
  problems: ["run_not_found", "run_state_conflict"],
});

/** `POST /api/runs/{id}/pause` */
export const pauseRun = defineOperation({
  ...cancelRun,
  id: "pauseRun",
  path: "/api/runs/{id}/pause",
  summary: "Pause a run: attempts that run may finish, no other begins",
  successes: { ok: "The run, paused." },
});

/** `POST /api/runs/{id}/resume` */
export const resumeRun = defineOperation({
  ...cancelRun,
  id: "resumeRun",
  path: "/api/runs/{id}/resume",
  summary: "Go on after a pause",
  body: { kind: "json", schema: Nothing, bytesMax: SMALL_BODY_BYTES_MAX, isOptional: true },
  successes: { ok: "The run, going on." },
});

/** `POST /api/runs/{id}/retry` */
export const retryRun = defineOperation({
  ...cancelRun,
  id: "retryRun",
  path: "/api/runs/{id}/retry",
  summary: "Let a failed run go on from what failed",
  body: {
    kind: "json",
    schema: z.strictObject({
      from: z
        .string()
        .max(200)
        .optional()
        .openapi({ description: "Key of a step, or of an item: it and all that depends on it run again." }),
      input: AnyJson.optional().openapi({ description: "Replaces the run's input." }),
    }),
    bytesMax: INPUT_BYTES_MAX,
    isOptional: true,
  },
  successes: { ok: "The run, going on." },
  problems: ["run_not_found", "run_state_conflict", "step_not_found", "invalid_input"],
});

/** `POST /api/runs/{id}/rerun` */
export const rerunRun = defineOperation({
  ...startRun,
  id: "rerunRun",
  path: "/api/runs/{id}/rerun",
  summary: "Start a new run of the same version, linked to the old one",
  params: RunParams,
  query: z.strictObject({ wait: WaitParam }),
  body: {
    kind: "json",
    schema: z.strictObject({
      input: AnyJson.optional().openapi({ description: "Default: the input of the old run." }),
    }),
    bytesMax: INPUT_BYTES_MAX,
    isOptional: true,
  },
  problems: ["run_not_found", "workflow_disabled", "idempotency_conflict", "invalid_input"],
});

/** JavaScript takes February 30 for March 2, and offsets lead out of the years that a text of four digits can name. */
function parseInstant(text: string): Date | null {
  const [, day] = INSTANT.exec(text) ?? [];
  const instant = new Date(text);
  const isReal = day !== undefined && z.iso.date().safeParse(day).success && !Number.isNaN(instant.getTime());
  return isReal && instant >= FIRST_INSTANT && instant <= LAST_INSTANT ? instant : null;
}
