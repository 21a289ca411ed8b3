import type { Node, PathNode, Step } from "../syntax/ast.ts";
import { partsOf, partsOfStep } from "../syntax/parts.ts";

/**
 * Finds the names that `:=` sets in the frame that some nodes are evaluated in. Blocks, functions and rows have frames
 * of their own.
 *
 * @param nodes - The nodes.
 * @returns The names, some of them more than once.
 */
export function findAssignments(nodes: readonly Node[]): readonly string[] {
  const names: string[] = [];
  const open = [...nodes];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.kind === "bind") {
      names.push(node.name);
    }
    open.push(...partsInFrame(node));
  }
  return names;
}

function partsInFrame(node: Node): readonly Node[] {
  if (node.kind === "block" || node.kind === "lambda" || node.kind === "transform") {
    return [];
  }
  const firstRow = node.kind === "path" ? firstRowOf(node) : -1;
  return node.kind === "path" && firstRow !== -1 ? node.steps.slice(0, firstRow).flatMap(partsOfStep) : partsOf(node);
}

/**
 * Tells from which step on a path has rows: values that carry variables.
 *
 * @param path - A path.
 * @returns The index of the step; -1 when there is none.
 */
export function firstRowOf(path: PathNode): number {
  return path.steps.findIndex((step) => step.isRow);
}

/**
 * Finds the names that the rows of a path carry.
 *
 * @param path - A path.
 * @returns The names, without duplicates.
 */
export function findRowNames(path: PathNode): readonly string[] {
  return [...new Set(path.steps.flatMap(namesOfStep))];
}

function namesOfStep(step: Step): readonly string[] {
  const stages = step.stages.map((stage) => (stage.kind === "index" ? stage.name : null));
  const own = step.kind === "value" ? [step.focus, step.index, step.parentName] : [step.index];
  const given = step.kind === "value" ? findGivenNames(step.node) : [];
  return [...[...own, ...stages].filter((name) => name !== null), ...given];
}

/**
 * Finds the names that come with the values of a node, when it gives rows.
 *
 * @param node - The node of a step.
 * @returns The names; none when it gives plain values.
 */
export function findGivenNames(node: Node): readonly string[] {
  if (node.kind === "path") {
    return node.givesRows ? findRowNames(node) : [];
  }
  if (node.kind === "block") {
    const last = node.items.at(-1);
    return node.givesRows && last !== undefined ? findGivenNames(last) : [];
  }
  return node.kind === "refined" && node.givesRows ? findGivenNames(node.base) : [];
}
