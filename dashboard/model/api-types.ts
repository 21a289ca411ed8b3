import type { z } from "@hono/zod-openapi";
import type * as audit from "../../src/functions/api/contract/audit.ts";
import type * as events from "../../src/functions/api/contract/events.ts";
import type * as keys from "../../src/functions/api/contract/keys.ts";
import type * as shapes from "../../src/functions/api/contract/run-shapes.ts";
import type * as runs from "../../src/functions/api/contract/runs.ts";
import type * as workflows from "../../src/functions/api/contract/workflows.ts";

export type { RunStatus, StepStatus } from "../../src/domain/run/transitions.ts";
export type { Json } from "../../src/domain/json.ts";

/** Whose key a request carried, and what it may do. */
export type Identity = z.output<typeof keys.getMe.result>;

/** A run as lists show it. */
export type RunSummary = z.output<typeof shapes.RunSummary>;

/** A run with its steps. */
export type Run = z.output<typeof shapes.Run>;

/** A step as the page of its run shows it. */
export type Step = z.output<typeof shapes.Step>;

/** A step with its payloads and its attempts. */
export type StepDetail = z.output<typeof shapes.StepDetail>;

/** One try of a step. */
export type Attempt = z.output<typeof shapes.Attempt>;

/** Why a run, a step or an attempt failed. */
export type Failure = z.output<typeof shapes.Failure>;

/** An entry of the audit log. */
export type AuditEvent = z.output<typeof events.AuditEvent>;

/** A workflow as lists show it. */
export type WorkflowSummary = z.output<typeof workflows.WorkflowSummary>;

/** One version of a workflow. */
export type Workflow = z.output<typeof workflows.Workflow>;

/** A page of a list. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

/** A page of the list of runs. */
export type RunPage = z.output<typeof runs.listRuns.result>;

/** What the check of a run's audit log found. */
export type Verification = z.output<typeof audit.Verification>;

/** What checking a recipe gave. */
export type RecipeCheck = z.output<typeof workflows.validateWorkflow.result>;
