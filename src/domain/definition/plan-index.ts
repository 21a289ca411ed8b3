import { InvariantError } from "../errors.ts";
import type { Plan, PlanNode } from "./plan.ts";

/** A plan with its nodes by id. */
export interface PlanIndex {
  readonly plan: Plan;
  readonly nodes: ReadonlyMap<string, PlanNode>;
}

/**
 * Indexes a plan.
 *
 * @param plan - A compiled recipe.
 * @returns The plan with its nodes by id.
 */
export function indexPlan(plan: Plan): PlanIndex {
  return { plan, nodes: new Map(plan.nodes.map((node) => [node.id, node])) };
}

/**
 * Finds a node that must exist.
 *
 * @param index - An indexed plan.
 * @param id - The id of a node.
 * @returns The node.
 */
export function nodeOf(index: PlanIndex, id: string): PlanNode {
  const node = index.nodes.get(id);
  if (node === undefined) {
    throw new InvariantError(`plan of ${index.plan.workflow} has no node ${id}`);
  }
  return node;
}

/**
 * Finds a node and all that depends on it, directly or not.
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
