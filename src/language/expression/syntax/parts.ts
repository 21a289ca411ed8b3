import type { Node, Pair, Stage, Step } from "./ast.ts";
import { visitNode, type Visitor } from "./visitor.ts";

/**
 * Gives the nodes right below a node.
 *
 * @param node - Any node.
 * @returns Its parts, in the order in which they are written.
 */
export function partsOf(node: Node): readonly Node[] {
  return visitNode(node, undefined, PARTS);
}

const PARTS: Visitor<undefined, readonly Node[]> = {
  literal: none,
  name: none,
  variable: none,
  parent: none,
  wildcard: none,
  descendants: none,
  regex: none,
  path: ({ steps, group }) => [...steps.flatMap(partsOfStep), ...partsOfPairs(group?.pairs ?? [])],
  refined: ({ base, filters, group }) => [base, ...filtersOf(filters), ...partsOfPairs(group?.pairs ?? [])],
  object: ({ pairs }) => partsOfPairs(pairs),
  list: ({ items }) => items,
  block: ({ items }) => items,
  call: ({ procedure, args }) => [procedure, ...withoutNull(args)],
  negate: ({ operand }) => [operand],
  binary: ({ left, right }) => [left, right],
  chain: ({ left, right }) => [left, right],
  condition: ({ condition, consequent, otherwise }) => withoutNull([condition, consequent, otherwise]),
  fallback: ({ value, otherwise }) => [value, otherwise],
  bind: ({ value }) => [value],
  lambda: ({ body }) => [body],
  transform: ({ pattern, update, remove }) => withoutNull([pattern, update, remove]),
};

function none(): readonly Node[] {
  return [];
}

function withoutNull(nodes: readonly (Node | null)[]): readonly Node[] {
  return nodes.filter((node) => node !== null);
}

/**
 * Gives the parts of a step.
 *
 * @param step - A step of a path.
 * @returns Its own nodes, then those of its filters.
 */
export function partsOfStep(step: Step): readonly Node[] {
  const own = step.kind === "sort" ? step.terms.map(({ node }) => node) : [step.node];
  return [...own, ...filtersOf(step.stages)];
}

/**
 * Gives the parts of members.
 *
 * @param pairs - The members of an object or a grouping.
 * @returns Keys and values, in the order in which they are written.
 */
export function partsOfPairs(pairs: readonly Pair[]): readonly Node[] {
  return pairs.flatMap(({ key, value }) => [key, value]);
}

function filtersOf(stages: readonly Stage[]): readonly Node[] {
  return stages.flatMap((stage) => (stage.kind === "filter" ? [stage.node] : []));
}
