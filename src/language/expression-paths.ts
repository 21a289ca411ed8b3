import type { Node } from "./expression/syntax/ast.ts";
import { partsOf } from "./expression/syntax/parts.ts";

/** A node, and whether names in it are members of the root object. */
export interface Visit {
  readonly node: Node;
  readonly isAtRoot: boolean;
}

/**
 * Visits every node of an expression once, in the order in which they are written.
 *
 * @param tree - The expression.
 * @yields Each node.
 * @returns The visits.
 */
export function* walkTree(tree: Node): Generator<Visit> {
  const open: Visit[] = [{ node: tree, isAtRoot: true }];
  for (let visit = open.pop(); visit !== undefined; visit = open.pop()) {
    yield visit;
    const { node, isAtRoot } = visit;
    const parts = partsOf(node).map((part) => ({ node: part, isAtRoot: isAtRoot && keepsContext(node, part) }));
    open.push(...parts.toReversed());
  }
}

/** Whether a part is evaluated against the same value as the node around it. */
function keepsContext(node: Node, part: Node): boolean {
  if (node.kind === "path") {
    const [first] = node.steps;
    return first.kind === "value" && first.node === part;
  }
  return node.kind === "refined" ? node.base === part : node.kind !== "transform";
}

/**
 * Takes off the brackets around a single value.
 *
 * @param node - Any node.
 * @returns What is in them, or the node itself.
 */
export function withoutBrackets(node: Node): Node {
  let at = node;
  for (let [only, second] = itemsOf(at); only !== undefined && second === undefined; [only, second] = itemsOf(at)) {
    at = only;
  }
  return at;
}

function itemsOf(node: Node): readonly Node[] {
  return node.kind === "block" ? node.items : [];
}

/**
 * Reads a path that is made of names alone.
 *
 * @param node - Any node.
 * @param isAtRoot - Whether names in it are members of the root object.
 * @returns Its names, from the root object; null for everything else.
 */
export function namesOf(node: Node, isAtRoot: boolean): readonly string[] | null {
  const names = leadingNames(node, isAtRoot);
  const isWhole = node.kind === "path" && node.group === null && !node.keepsList && names.length > 0;
  return isWhole && node.steps.length - countRootSteps(node) === names.length && !hasStages(node) ? names : null;
}

/**
 * Reads the names that a path begins with; what follows may be anything.
 *
 * @param node - Any node.
 * @param isAtRoot - Whether names in it are members of the root object.
 * @returns The names, from the root object; none for what is no path, or begins elsewhere.
 */
export function leadingNames(node: Node, isAtRoot: boolean): readonly string[] {
  if (node.kind !== "path") {
    return [];
  }
  const rootSteps = countRootSteps(node);
  const steps = isAtRoot || rootSteps > 0 ? node.steps.slice(rootSteps) : [];
  const names: string[] = [];
  for (const step of steps) {
    if (step.kind !== "value" || step.node.kind !== "name") {
      break;
    }
    names.push(step.node.name);
    if (step.focus !== null) {
      break;
    }
  }
  return names;
}

/** 1 for a path that begins with `$$`. */
function countRootSteps(node: Node): number {
  const first = node.kind === "path" ? node.steps[0] : null;
  return first?.kind === "value" && first.node.kind === "variable" && first.node.name === "$" ? 1 : 0;
}

function hasStages(node: Node): boolean {
  return node.kind === "path" && node.steps.some((step) => step.stages.length > 0 || step.index !== null);
}

/**
 * Makes one text of the names of a path, to compare by.
 *
 * @param names - The names.
 * @returns Another text for every other path.
 */
export function keyOf(names: readonly string[]): string {
  return JSON.stringify(names);
}

const SHOWN_LENGTH_MAX = 100;

/**
 * Writes a path for people.
 *
 * @param names - The names.
 * @returns The path as expressions have it, cut where it is long.
 */
export function writePath(names: readonly string[]): string {
  const written = names.map((name) => (/^[A-Za-z_]\w*$/.test(name) ? name : `\`${name}\``)).join(".");
  return written.length > SHOWN_LENGTH_MAX ? `${written.slice(0, SHOWN_LENGTH_MAX)}...` : written;
}
