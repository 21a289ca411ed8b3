import { InvariantError } from "../domain/errors.ts";
import type { WorkflowName } from "../domain/ids.ts";
import { isJsonObject, type Json, type JsonObject } from "../domain/json.ts";
import { OUTPUT_NODE_ID, type Plan, type PlanNode, type PlanReads, type StoredPlan } from "../domain/plan/plan.ts";
import { findCondition, findExpressions, readCondition } from "../language/expression-texts.ts";
import { findReads, type ExpressionReads } from "../language/expression/reads.ts";
import { ATTEMPT_TIMEOUT_MS_DEFAULT } from "../language/limits.ts";
import { findDefinition } from "../steps/registry.ts";
import type { StepDefinition } from "../steps/step-kind.ts";
import { completeRetry, readDuration, RETRY_DEFAULT } from "./retry-policy.ts";
import { findAncestors, type StepOutline } from "./step-order.ts";
import { outlineSteps } from "./validate-steps.ts";

/**
 * Gives the plan of a stored version, compiled again when it is of an earlier format.
 *
 * @param stored - A recipe that was saved, by this release or an earlier one, and its plan.
 * @returns The plan.
 * @throws InvariantError when the recipe has a step of a type that this release does not know.
 */
export function readPlan({ recipe, plan }: StoredPlan): Plan {
  return plan.format === 2 ? plan : compilePlan(plan.workflow, isJsonObject(recipe) ? recipe : {});
}

/**
 * Compiles a recipe into the plan that the ledger and the consumer work from: every default filled in, order in both
 * directions, and what each step reads. It refuses nothing: what an earlier release let pass has runs that go on.
 *
 * @param workflow - The name of the workflow.
 * @param recipe - A recipe that was checked when it was saved.
 * @returns The plan; nodes in the order written, the implicit node of `output`, if any, last.
 * @throws InvariantError when it has a step of a type that this release does not know.
 */
export function compilePlan(workflow: WorkflowName, recipe: JsonObject): Plan {
  const outlines = outlineSteps(recipe["steps"]);
  const ancestors = findAncestors(outlines);
  const defaults = readDefaults(recipe["defaults"]);
  const written = outlines.map((outline) => compileStep(outline, [...(ancestors.get(outline.id) ?? [])], defaults));
  const { input, labels, output, timeout } = recipe;
  const nodes = output === undefined ? written : [...written, compileOutput(output, written)];
  return {
    format: 2,
    workflow,
    root: {
      nodes: linkDependents(nodes),
      outputNode: output === undefined ? (outlines.at(-1)?.id ?? OUTPUT_NODE_ID) : OUTPUT_NODE_ID,
    },
    timeoutMs: readDuration(timeout, null),
    inputSchema: isJsonObject(input) ? input : null,
    labels: Object.fromEntries(
      Object.entries(isJsonObject(labels) ? labels : {}).filter((label): label is [string, string] => isText(label[1])),
    ),
  };
}

/** A node before it is known what waits for it. */
type Unlinked<Node> = Node extends PlanNode ? Omit<Node, "dependents"> : never;
type UnlinkedNode = Unlinked<PlanNode>;

type StepDefaults = Pick<PlanNode, "retry" | "timeoutMs">;

function readDefaults(written: Json | undefined): StepDefaults {
  const { retry, timeout } = isJsonObject(written) ? written : {};
  return {
    retry: completeRetry(retry, RETRY_DEFAULT),
    timeoutMs: readDuration(timeout, ATTEMPT_TIMEOUT_MS_DEFAULT),
  };
}

/** `before` are the steps whose output and error can be there. */
function compileStep(outline: StepOutline, before: readonly string[], defaults: StepDefaults): UnlinkedNode {
  const { id, needs, step } = outline;
  const { type, with: parameters = null, if: condition, retry, timeout, onError } = step;
  const base = {
    id,
    needs: [...new Set(needs)],
    // What is no condition fails when it is evaluated: a step must not run because its condition cannot be read.
    if: isText(condition) ? (readCondition(condition) ?? condition) : null,
    retry: completeRetry(retry, defaults.retry),
    timeoutMs: readDuration(timeout, defaults.timeoutMs),
    onError: onError === "continue" ? "continue" : "fail",
    reads: mergeReads(findStepReads(parameters, isText(condition) ? condition : null), before),
  } as const;
  return { ...base, ...requireDefinition(type).compile(parameters) };
}

/** A later release may have saved what this one, rolled back to, does not know. It must not run as something else. */
function requireDefinition(type: Json | undefined): StepDefinition<PlanNode> {
  const definition = findDefinition(type);
  if (definition === null) {
    const shown = JSON.stringify(type ?? null).slice(0, 60);
    throw new InvariantError(`a stored recipe has a step of type ${shown}, which this release does not know`);
  }
  return definition;
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
      findStepReads(output, null),
      written.map((node) => node.id),
    ),
  };
}

function findStepReads(template: Json, condition: string | null): readonly ExpressionReads[] {
  const inTemplate = findExpressions(template, []).expressions;
  const inCondition = condition === null ? [] : findCondition(condition, []).expressions;
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
  return { input, item: false, steps: readMembers("steps"), errors: readMembers("errors") };
}

function linkDependents(nodes: readonly UnlinkedNode[]): readonly PlanNode[] {
  const dependents = new Map<string, string[]>(nodes.map((node) => [node.id, []]));
  for (const node of nodes) {
    node.needs.forEach((need) => dependents.get(need)?.push(node.id));
  }
  return nodes.map((node) => ({ ...node, dependents: dependents.get(node.id) ?? [] }));
}

function isText(value: Json | undefined): value is string {
  return typeof value === "string";
}
