import type { z } from "@hono/zod-openapi";
import type { Plan } from "../../domain/plan/plan.ts";
import { readPlan } from "../../recipe/compile.ts";
import { describePlan } from "../../recipe/describe-plan.ts";
import type * as shapes from "./contract.ts";
import type { WorkflowVersion } from "./contract.ts";
import type { VersionRecord, WorkflowRecord, WorkflowSummaryRecord } from "./port.ts";

/**
 * Shapes a workflow for a list.
 *
 * @param workflow - The workflow.
 * @returns What goes over the wire.
 */
export function viewWorkflowSummary(workflow: WorkflowSummaryRecord): z.output<typeof shapes.WorkflowSummary> {
  const { name, version, enabled, createdAt, updatedAt } = workflow;
  return { name, version, enabled, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
}

/**
 * Shapes one version of a workflow.
 *
 * @param workflow - The version.
 * @returns What goes over the wire.
 */
export function viewWorkflow(workflow: WorkflowRecord): z.output<typeof shapes.Workflow> {
  const { name, version, enabled, recipe, checksum, createdAt, createdBy } = workflow;
  return {
    name,
    version,
    enabled,
    recipe,
    plan: viewPlan(readPlan(workflow)),
    checksum,
    createdAt: createdAt.toISOString(),
    createdBy,
  };
}

/**
 * Shapes a version for a list.
 *
 * @param record - The version.
 * @returns What goes over the wire.
 */
export function viewVersion(record: VersionRecord): z.output<typeof WorkflowVersion> {
  const { name, version, checksum, createdAt, createdBy } = record;
  return { name, version, checksum, createdAt: createdAt.toISOString(), createdBy };
}

/**
 * Shapes a plan: its graph, its retries, and how long it can take.
 *
 * @param plan - A compiled recipe.
 * @returns What goes over the wire.
 */
export function viewPlan(plan: Plan): z.output<typeof shapes.PlanDescription> {
  const { nodes, edges, worstCaseMs } = describePlan(plan);
  return {
    nodes: nodes.map((node) => ({ ...node, needs: [...node.needs], retryDelaysMs: [...node.retryDelaysMs] })),
    edges: [...edges],
    worstCaseMs,
  };
}
