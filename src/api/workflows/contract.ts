import { z } from "@hono/zod-openapi";
import type { RecipeFormat } from "../../language/parse.ts";
import { AnyJson, CursorParam, Instant, LimitParam, Nothing, pageOf, WorkflowNameParam } from "../http/fields.ts";
import { defineOperation } from "../http/operation.ts";

/** The text of a recipe as it arrived. */
export interface RecipeText {
  readonly format: RecipeFormat;
  readonly text: string;
}

/** The recipe itself: its compiler checks it, and reports line and column. */
const RecipeBody = z.custom<RecipeText>(() => true);

const DurationMs = z.number().min(0);

const WorstCaseMs = DurationMs.nullable().openapi({
  description:
    "Null when nothing bounds it: a list whose length is not known yet, a signal without a timeout, an instant.",
});

/** What a recipe comes to: its graph, its retries, and how long it can take. */
export const PlanDescription = z
  .object({
    nodes: z.array(
      z.object({
        id: z.string(),
        type: z.string(),
        within: z
          .string()
          .nullable()
          .openapi({ description: "Id of the `foreach` that runs the step for each item; null at the root." }),
        needs: z.array(z.string()),
        timeoutMs: DurationMs,
        attempts: z.int().min(1),
        retryDelaysMs: z.array(DurationMs).openapi({ description: "Waits between attempts, at their longest." }),
        worstCaseMs: WorstCaseMs,
      }),
    ),
    edges: z.array(z.object({ from: z.string(), to: z.string() })),
    worstCaseMs: WorstCaseMs,
  })
  .openapi("Plan");

/** One problem of a recipe, or a warning about it. */
const RecipeIssue = z
  .object({
    path: z.string().openapi({ description: "JSON Pointer into the recipe." }),
    line: z.int().min(1),
    column: z.int().min(1),
    code: z.string(),
    message: z.string(),
    hint: z.string().nullable(),
  })
  .openapi("RecipeIssue");

const Warnings = z.array(RecipeIssue).openapi({
  description: "What is valid in the recipe and hardly means what it says; empty when it has problems.",
});

/** A workflow as lists show it. */
export const WorkflowSummary = z
  .object({ name: z.string(), version: z.int(), enabled: z.boolean(), createdAt: Instant, updatedAt: Instant })
  .openapi("WorkflowSummary");

/** One version of a workflow. */
export const Workflow = z
  .object({
    name: z.string(),
    version: z.int(),
    enabled: z.boolean(),
    recipe: AnyJson,
    plan: PlanDescription,
    checksum: z.string().openapi({ description: "SHA-256 over the canonical recipe, in hex." }),
    createdAt: Instant,
    createdBy: z.string(),
  })
  .openapi("Workflow");

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

/** `POST /api/workflows` */
export const saveWorkflow = defineOperation({
  id: "saveWorkflow",
  method: "post",
  path: "/api/workflows",
  role: "admin",
  summary: "Save a recipe",
  params: Nothing,
  query: Nothing,
  headers: [],
  body: { kind: "recipe", schema: RecipeBody },
  result: z.object({ name: z.string(), version: z.int(), warnings: Warnings }),
  successes: { created: "Saved as a new version.", ok: "The latest version has this recipe already." },
  problems: ["invalid_recipe"],
});

/** `POST /api/workflows/validate` */
export const validateWorkflow = defineOperation({
  ...saveWorkflow,
  id: "validateWorkflow",
  path: "/api/workflows/validate",
  role: "viewer",
  summary: "Check a recipe without saving it",
  result: z.object({
    ok: z.boolean(),
    issues: z.array(RecipeIssue),
    warnings: Warnings,
    plan: z.union([PlanDescription, z.null()]),
  }),
  successes: { ok: "Every problem of the recipe, or its plan and warnings." },
  problems: [],
});

/** `GET /api/workflows` */
export const listWorkflows = defineOperation({
  id: "listWorkflows",
  method: "get",
  path: "/api/workflows",
  role: "viewer",
  summary: "List workflows by name",
  params: Nothing,
  query: z.strictObject({ cursor: CursorParam, limit: LimitParam }),
  headers: [],
  body: { kind: "none" },
  result: pageOf(WorkflowSummary),
  successes: { ok: "A page of workflows, without recipes." },
  problems: [],
});

/** `GET /api/workflows/{name}` */
export const getWorkflow = defineOperation({
  id: "getWorkflow",
  method: "get",
  path: "/api/workflows/{name}",
  role: "viewer",
  summary: "Get the latest version of a workflow",
  params: z.strictObject({ name: WorkflowNameParam }),
  query: Nothing,
  headers: [],
  body: { kind: "none" },
  result: Workflow,
  successes: { ok: "The workflow." },
  problems: ["workflow_not_found"],
});

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
