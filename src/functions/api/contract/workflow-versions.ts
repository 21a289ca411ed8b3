import { z } from "@hono/zod-openapi";
import { CursorParam, Instant, LimitParam, Nothing, pageOf, WorkflowNameParam } from "../../../api/http/fields.ts";
import { defineOperation } from "../../../api/http/operation.ts";
import { getWorkflow, WorkflowSummary } from "../../../api/workflows/contract.ts";

/** A version as lists show it. */
export const WorkflowVersion = z
  .object({
    name: z.string(),
    version: z.int(),
    checksum: z.string().openapi({ description: "SHA-256 over the canonical recipe, in hex." }),
    createdAt: Instant,
    createdBy: z.string(),
  })
  .openapi("WorkflowVersion");

const VersionParam = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, "a version is a whole number from 1")
  .transform(Number)
  .openapi({ type: "integer", minimum: 1 });

/** `GET /api/workflows/{name}/versions` */
export const listVersions = defineOperation({
  id: "listVersions",
  method: "get",
  path: "/api/workflows/{name}/versions",
  role: "viewer",
  summary: "List the versions of a workflow, newest first",
  params: z.strictObject({ name: WorkflowNameParam }),
  query: z.strictObject({ cursor: CursorParam, limit: LimitParam }),
  headers: [],
  body: { kind: "none" },
  result: pageOf(WorkflowVersion),
  successes: { ok: "A page of versions, without recipes." },
  problems: ["workflow_not_found"],
});

/** `GET /api/workflows/{name}/versions/{version}` */
export const getVersion = defineOperation({
  ...getWorkflow,
  id: "getVersion",
  path: "/api/workflows/{name}/versions/{version}",
  summary: "Get one version of a workflow",
  params: z.strictObject({ name: WorkflowNameParam, version: VersionParam }),
  successes: { ok: "The version." },
  problems: ["version_not_found"],
});

/** `DELETE /api/workflows/{name}` */
export const deleteWorkflow = defineOperation({
  ...getWorkflow,
  id: "deleteWorkflow",
  method: "delete",
  role: "admin",
  summary: "Take a workflow out of use: no new runs; its runs and versions stay",
  query: Nothing,
  result: WorkflowSummary,
  successes: { ok: "The workflow, disabled. Saving its recipe again enables it." },
});
