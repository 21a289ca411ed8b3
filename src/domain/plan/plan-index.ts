import { InvariantError } from "../errors.ts";
import type { Block, ForeachNode, Plan, PlanNode, WaitParameters } from "./plan.ts";

/** A node, and where in the plan it is. */
export interface PlacedNode {
  readonly node: PlanNode;
  /** Ids of the steps that it runs inside of, from the outermost; none at the root. */
  readonly enclosing: readonly string[];
}

/** A plan with its nodes by id. */
export interface PlanIndex {
  readonly plan: Plan;
  readonly nodes: ReadonlyMap<string, PlacedNode>;
  /** The waits for signals, by the name of the signal. */
  readonly signals: ReadonlyMap<string, readonly SignalParameters[]>;
}

/** A wait for a signal. */
export type SignalParameters = Extract<WaitParameters, { kind: "signal" }>;

/**
 * Indexes a plan.
 *
 * @param plan - A compiled recipe.
 * @returns The plan with all its nodes by id.
 */
export function indexPlan(plan: Plan): PlanIndex {
  const nodes = new Map<string, PlacedNode>();
  placeNodes(plan.root, [], nodes);
  const waits = [...nodes.values()].flatMap(({ node }) =>
    node.type === "wait" && node.with.kind === "signal" ? [node.with] : [],
  );
  return { plan, nodes, signals: Map.groupBy(waits, ({ name }) => name) };
}

function placeNodes(block: Block, enclosing: readonly string[], nodes: Map<string, PlacedNode>): void {
  for (const node of block.nodes) {
    nodes.set(node.id, { node, enclosing });
    if (node.type === "foreach") {
      placeNodes(node.body, [...enclosing, node.id], nodes);
    }
  }
}

/**
 * Finds a node that must exist.
 *
 * @param index - An indexed plan.
 * @param id - The id of a node.
 * @returns The node.
 */
export function nodeOf(index: PlanIndex, id: string): PlanNode {
  return placedOf(index, id).node;
}

/**
 * Finds a node that must exist, and where in the plan it is.
 *
 * @param index - An indexed plan.
 * @param id - The id of a node.
 * @returns The node and the steps it runs inside of.
 */
export function placedOf(index: PlanIndex, id: string): PlacedNode {
  const placed = index.nodes.get(id);
  if (placed === undefined) {
    throw new InvariantError(`plan of ${index.plan.workflow} has no node ${id}`);
  }
  return placed;
}

/**
 * Finds a `foreach` that must exist.
 *
 * @param index - An indexed plan.
 * @param id - The id of a node.
 * @returns The node.
 */
export function foreachOf(index: PlanIndex, id: string): ForeachNode {
  const node = nodeOf(index, id);
  if (node.type !== "foreach") {
    throw new InvariantError(`node ${id} of the plan of ${index.plan.workflow} holds no items`);
  }
  return node;
}

/**
 * Finds a node and all that depends on it in its block, directly or not.
 *
 * @param index - An indexed plan.
 * @param id - The id of a node.
 * @returns Ids, the node's own among them.
 */
export function withDependents(index: PlanIndex, id: string): ReadonlySet<string> {
  const found = new Set([id]);
  // A set iterates over what is added on the way, so this ends when nothing new is found: at most all nodes.
  for (const next of found) {
    for (const dependent of nodeOf(index, next).dependents) {
      found.add(dependent);
    }
  }
  return found;
}
