import { OUTPUT_NODE_ID, type Plan, type PlanNode, type PlanReads } from "../domain/definition/plan.ts";
import type { WorkflowName } from "../domain/ids.ts";
import type { Json, JsonObject } from "../domain/json.ts";
import { findCondition, findExpressions, readCondition } from "./expression-texts.ts";
import { findReads, type ExpressionReads } from "./expression/reads.ts";
import { ATTEMPT_TIMEOUT_MS_DEFAULT } from "./limits.ts";
import type { Recipe, RecipeStep } from "./recipe-schema.ts";
import { completeRetry, readDuration, RETRY_DEFAULT } from "./retry-policy.ts";
import { findAncestors, type StepOutline } from "./step-order.ts";

/** A recipe that has passed every check, in the forms that the checks made of it. */
export interface CheckedRecipe {
  readonly name: WorkflowName;
  readonly recipe: Recipe;
  /** The same as plain JSON. */
  readonly source: JsonObject;
  readonly steps: readonly StepOutline[];
}

/**
 * Compiles a recipe into the plan that the ledger and the consumer work from: every default filled in, order in both
 * directions, and what each step reads.
 *
 * @param checked - A recipe without issues.
 * @returns The plan; nodes in the order written, the implicit node of `output`, if any, last.
 */
export function compilePlan(checked: CheckedRecipe): Plan {
  const { name, recipe, source, steps } = checked;
  const ancestors = findAncestors(steps);
  const written = recipe.steps.map((step, index) => {
    const reads = findStepReads(readStepParameters(source, index), step.if);
    return compileStep(step, index, checked, mergeReads(reads, [...(ancestors.get(step.id) ?? [])]));
  });
  const { output } = source;
  const nodes = linkDependents(output === undefined ? written : [...written, compileOutput(output, written)]);
  return {
    format: 1,
    workflow: name,
    nodes,
    outputNode: output === undefined ? (steps.at(-1)?.id ?? OUTPUT_NODE_ID) : OUTPUT_NODE_ID,
    timeoutMs: readDuration(recipe.timeout, null),
    inputSchema: readObject(source["input"]),
    labels: recipe.labels ?? {},
  };
}

type UnlinkedNode = Omit<PlanNode, "dependents">;

function compileStep(step: RecipeStep, index: number, checked: CheckedRecipe, reads: PlanReads): UnlinkedNode {
  const { recipe, source, steps } = checked;
  const retryDefault = completeRetry(recipe.defaults?.retry, RETRY_DEFAULT);
  return {
    id: step.id,
    type: step.type,
    needs: [...new Set(steps[index]?.needs)],
    with: readStepParameters(source, index),
    if: step.if === undefined ? null : readCondition(step.if),
    retry: completeRetry(step.retry, retryDefault),
    timeoutMs: readDuration(step.timeout ?? recipe.defaults?.timeout, ATTEMPT_TIMEOUT_MS_DEFAULT),
    onError: step.onError ?? "fail",
    reads,
  };
}

function compileOutput(output: Json, written: readonly UnlinkedNode[]): UnlinkedNode {
  const needed = new Set(written.flatMap((node) => node.needs));
  return {
    id: OUTPUT_NODE_ID,
    type: "output",
    needs: written.map((node) => node.id).filter((id) => !needed.has(id)),
    with: output,
    if: null,
    retry: RETRY_DEFAULT,
    timeoutMs: ATTEMPT_TIMEOUT_MS_DEFAULT,
    onError: "fail",
    reads: mergeReads(
      findStepReads(output, undefined),
      written.map((node) => node.id),
    ),
  };
}

function findStepReads(template: Json, condition: string | undefined): readonly ExpressionReads[] {
  const inTemplate = findExpressions(template, []).expressions;
  const inCondition = condition === undefined ? [] : findCondition(condition, []).expressions;
  return [...inTemplate, ...inCondition].map(({ expression }) => findReads(expression));
}

/** `ids` are the steps whose output and error can be there: what is read when the expression does not say which. */
function mergeReads(all: readonly ExpressionReads[], ids: readonly string[]): PlanReads {
  const input = all.some((reads) => reads.readsAll || reads.roots.some(({ name }) => name === "input"));
  const readMembers = (root: string): readonly string[] => {
    const isWhole = all.some(
      (reads) => reads.readsAll || reads.roots.some(({ name, member }) => name === root && member === null),
    );
    const named = all.flatMap((reads) =>
      reads.roots.flatMap(({ name, member }) => (name === root && member !== null ? [member] : [])),
    );
    return isWhole ? ids : [...new Set(named)];
  };
  return { input, steps: readMembers("steps"), errors: readMembers("errors") };
}

function linkDependents(nodes: readonly UnlinkedNode[]): readonly PlanNode[] {
  const dependents = new Map<string, string[]>(nodes.map((node) => [node.id, []]));
  for (const node of nodes) {
    node.needs.forEach((need) => dependents.get(need)?.push(node.id));
  }
  return nodes.map((node) => ({ ...node, dependents: dependents.get(node.id) ?? [] }));
}

/** From the recipe as written: the schema's copy has lost what JSON says and TypeScript does not. */
function readStepParameters(source: JsonObject, index: number): Json {
  const { steps } = source;
  const step: Json | undefined = Array.isArray(steps) ? steps[index] : undefined;
  return readObject(step)?.["with"] ?? null;
}

function readObject(value: Json | undefined): JsonObject | null {
  return typeof value === "object" && value !== null && !isList(value) ? value : null;
}

function isList(value: JsonObject | readonly Json[]): value is readonly Json[] {
  return Array.isArray(value);
}
