import type { z } from "@hono/zod-openapi";
import type * as audit from "../../src/api/audit/contract.ts";
import type * as events from "../../src/api/events/contract.ts";
import type * as keys from "../../src/api/keys/contract.ts";
import type * as runs from "../../src/api/runs/contract.ts";
import type * as shapes from "../../src/api/runs/shapes.ts";
import type * as signals from "../../src/api/signals/contract.ts";
import type * as steps from "../../src/api/steps/contract.ts";
import type * as workflows from "../../src/api/workflows/contract.ts";

export type { RunStatus, StepStatus } from "../../src/domain/run/transitions.ts";
export type { Json } from "../../src/domain/json.ts";
export type { ValueIssue } from "../../src/domain/run/command.ts";

/** Whose key a request carried, and what it may do. */
export type Identity = z.output<typeof keys.getMe.result>;

/** A run as lists show it. */
export type RunSummary = z.output<typeof shapes.RunSummary>;

/** A run with its steps. */
export type Run = z.output<typeof shapes.Run>;

/** A step as the page of its run shows it. */
export type Step = z.output<typeof steps.Step>;

/** A step with its payloads and its attempts. */
export type StepDetail = z.output<typeof steps.StepDetail>;

/** What became of a signal. */
export type SentSignal = z.output<typeof signals.SentSignal>;

/** One try of a step. */
export type Attempt = z.output<typeof steps.Attempt>;

/** Why a run, a step or an attempt failed. */
export type Failure = z.output<typeof steps.Failure>;

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
