import { InvariantError } from "../domain/errors.ts";
import type { WorkflowName } from "../domain/ids.ts";
import { isJsonObject, type Json, type JsonObject } from "../domain/json.ts";
import {
  type Block,
  OUTPUT_NODE_ID,
  type Plan,
  type PlanNode,
  type PlanReads,
  type StoredPlan,
} from "../domain/plan/plan.ts";
import { findCondition, findExpressions, readCondition } from "../language/expression-texts.ts";
import { findReads, type ExpressionReads } from "../language/expression/reads.ts";
import { ATTEMPT_TIMEOUT_MS_DEFAULT } from "../language/limits.ts";
import { findDefinition } from "../steps/registry.ts";
import type { StepDefinition } from "../steps/step-kind.ts";
import { type BlockOutline, outlineBlock, type StepOutline, templatesOf } from "./outline.ts";
import { completeRetry, readDuration, RETRY_DEFAULT } from "./retry-policy.ts";
import { findAncestors } from "./step-order.ts";

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
  const { input, labels, timeout } = recipe;
  const defaults = readDefaults(recipe["defaults"]);
  const texts = Object.entries(isJsonObject(labels) ? labels : {}).flatMap(([name, label]): [string, string][] =>
    typeof label === "string" ? [[name, label]] : [],
  );
  return {
    format: 2,
    workflow,
    root: compileBlock(outlineBlock(recipe), { holder: null, done: [], defaults }),
    timeoutMs: readDuration(timeout, null),
    inputSchema: isJsonObject(input) ? input : null,
    labels: Object.fromEntries(texts),
  };
}

/** A node before it is known what waits for it. */
type Unlinked<Node> = Node extends PlanNode ? Omit<Node, "dependents"> : never;
type UnlinkedNode = Unlinked<PlanNode>;

type StepDefaults = Pick<PlanNode, "retry" | "timeoutMs">;

/** Where a block is. */
interface Surroundings {
  /** Id of the step that holds the block; null for the recipe's own. */
  readonly holder: string | null;
  /** Ids of the steps of other blocks that are done before its first step begins. */
  readonly done: readonly string[];
  readonly defaults: StepDefaults;
}

function readDefaults(written: Json | undefined): StepDefaults {
  const { retry, timeout } = isJsonObject(written) ? written : {};
  return {
    retry: completeRetry(retry, RETRY_DEFAULT),
    timeoutMs: readDuration(timeout, ATTEMPT_TIMEOUT_MS_DEFAULT),
  };
}

function compileBlock(block: BlockOutline, surroundings: Surroundings): Block {
  const { steps, output } = block;
  const { holder, done } = surroundings;
  const ancestors = findAncestors(steps);
  const written = steps.map((outline) =>
    compileStep(outline, { ...surroundings, done: [...done, ...(ancestors.get(outline.id) ?? [])] }),
  );
  const outputId = holder === null ? OUTPUT_NODE_ID : `${holder}:output`;
  if (output === undefined) {
    return { nodes: linkDependents(written), outputNode: steps.at(-1)?.id ?? outputId };
  }
  const ids = steps.map(({ id }) => id);
  const needed = new Set(written.flatMap((node) => node.needs));
  const last: UnlinkedNode = {
    id: outputId,
    type: "output",
    needs: ids.filter((id) => !needed.has(id)),
    with: output,
    if: null,
    retry: RETRY_DEFAULT,
    timeoutMs: ATTEMPT_TIMEOUT_MS_DEFAULT,
    onError: "fail",
    reads: findReadsOf([output], null, { ...surroundings, done: [...done, ...ids] }),
  };
  return { nodes: linkDependents([...written, last]), outputNode: outputId };
}

/** `surroundings.done` has the steps before it in its own block too. */
function compileStep(outline: StepOutline, surroundings: Surroundings): UnlinkedNode {
  const { id, needs, step, path, block } = outline;
  const { defaults } = surroundings;
  const { type, with: parameters = null, retry, timeout, onError } = step;
  const condition = typeof step["if"] === "string" ? step["if"] : null;
  const templates = templatesOf(step, path).map(({ value }) => value);
  const base = {
    id,
    needs: [...new Set(needs)],
    // What is no condition fails when it is evaluated: a step must not run because its condition cannot be read.
    if: condition === null ? null : (readCondition(condition) ?? condition),
    retry: completeRetry(retry, defaults.retry),
    timeoutMs: readDuration(timeout, defaults.timeoutMs),
    onError: onError === "continue" ? "continue" : "fail",
    reads: findReadsOf(templates, condition, surroundings),
  } as const;
  const compileInner = (): Block => compileBlock(block ?? NO_STEPS, { ...surroundings, holder: id });
  return { ...base, ...requireDefinition(type).compile(parameters, compileInner) };
}

const NO_STEPS: BlockOutline = { steps: [], output: undefined, path: [] };

/** A later release may have saved what this one, rolled back to, does not know. It must not run as something else. */
function requireDefinition(type: Json | undefined): StepDefinition<PlanNode> {
  const definition = findDefinition(type);
  if (definition === null) {
    const shown = JSON.stringify(type ?? null).slice(0, 60);
    throw new InvariantError(`a stored recipe has a step of type ${shown}, which this release does not know`);
  }
  return definition;
}

function findReadsOf(templates: readonly Json[], condition: string | null, { holder, done }: Surroundings): PlanReads {
  const inTemplates = templates.flatMap((template) => findExpressions(template, []).expressions);
  const inCondition = condition === null ? [] : findCondition(condition, []).expressions;
  const all = [...inTemplates, ...inCondition].map(({ expression }) => findReads(expression));
  const readsRoot = (...names: readonly string[]): boolean =>
    all.some((reads) => reads.readsAll || reads.roots.some(({ name }) => names.includes(name)));
  return {
    input: readsRoot("input"),
    item: holder !== null && readsRoot("item", "index"),
    steps: readMembers(all, "steps", done),
    errors: readMembers(all, "errors", done),
  };
}

/** `ids` are the steps whose output and error can be there: what is read when the expression does not say which. */
function readMembers(all: readonly ExpressionReads[], root: string, ids: readonly string[]): readonly string[] {
  const isWhole = all.some(
    (reads) => reads.readsAll || reads.roots.some(({ name, member }) => name === root && member === null),
  );
  const named = all.flatMap((reads) =>
    reads.roots.flatMap(({ name, member }) => (name === root && member !== null ? [member] : [])),
  );
  return isWhole ? ids : [...new Set(named)];
}

function linkDependents(nodes: readonly UnlinkedNode[]): readonly PlanNode[] {
  const dependents = new Map<string, string[]>(nodes.map((node) => [node.id, []]));
  for (const node of nodes) {
    node.needs.forEach((need) => dependents.get(need)?.push(node.id));
  }
  return nodes.map((node) => ({ ...node, dependents: dependents.get(node.id) ?? [] }));
}
