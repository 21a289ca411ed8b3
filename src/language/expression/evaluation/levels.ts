import type { Node, PathNode } from "../syntax/ast.ts";
import { partsOf } from "../syntax/parts.ts";
import { visitNode, type Visitor } from "../syntax/visitor.ts";

/** Levels of the stack that a node takes itself, of some 150 bytes each. */
const WEIGHTS: Visitor<undefined, number> = {
  literal: () => 1,
  name: () => 2,
  variable: () => 1,
  parent: () => 1,
  wildcard: () => 2,
  descendants: () => 2,
  regex: () => 1,
  path: weightOfPath,
  refined: () => 7,
  binary: () => 1,
  negate: () => 1,
  list: () => 2,
  object: () => 5,
  block: () => 2,
  condition: () => 1,
  fallback: () => 1,
  bind: () => 1,
  call: () => 5,
  lambda: () => 1,
  chain: () => 5,
  transform: () => 1,
};

/** A sort goes deeper the longer the list is, and so does what it compares by. */
const SORT_WEIGHT = 32;

function weightOfPath({ steps, group }: PathNode): number {
  const hasRows = steps.some((step) => step.isRow);
  const hasStages = steps.some((step) => step.stages.length > 0);
  const hasSort = steps.some((step) => step.kind === "sort");
  return 7 + (hasRows ? 4 : 0) + (hasStages ? 5 : 0) + (hasSort ? SORT_WEIGHT : 0) + (group === null ? 0 : 5);
}

/**
 * Counts how much of the stack evaluating a node may take. What it calls is counted when it is called.
 *
 * @param node - The node.
 * @returns The levels, for `enter` of the meter.
 */
export function countLevels(node: Node): number {
  const parts = node.kind === "lambda" || node.kind === "transform" ? [] : partsOf(node);
  return visitNode(node, undefined, WEIGHTS) + parts.reduce((most, part) => Math.max(most, countLevels(part)), 0);
}
