import { filtersOf, leftOf, pairsOf, type AstNode } from "./ast.ts";
import type { CompiledExpression } from "./compile-expression.ts";
import { RANGE_FUNCTION } from "./library.ts";
import { NATIVE_NAMES } from "./natives.ts";

/** A name read from the root object, and the name read from that, where it can be told. */
export interface RootRead {
  readonly name: string;
  /** The next name of the path; null when the whole is read, or a member that only evaluation can tell. */
  readonly member: string | null;
}

/** What an expression reads. */
export interface ExpressionReads {
  readonly roots: readonly RootRead[];
  /** Whether it reads the root object itself, so that anything in it may be read. */
  readonly readsAll: boolean;
  /** Variables (without `$`) that neither JSONata nor the expression defines. */
  readonly unknownVariables: readonly string[];
}

/**
 * Finds out what an expression reads, without evaluating it. What it cannot tell it takes for read.
 *
 * @param expression - A compiled expression.
 * @returns The names read from the root object and the variables nobody defines.
 */
export function findReads(expression: CompiledExpression): ExpressionReads {
  const [first, second] = expression.path ?? [];
  if (first !== undefined) {
    return { roots: [{ name: first, member: second ?? null }], readsAll: false, unknownVariables: [] };
  }
  const finder = new ReadFinder();
  finder.visit(expression.getAst(), true);
  return finder.result();
}

const DEFINED = new Set<string>(["", "$", RANGE_FUNCTION, ...NATIVE_NAMES]);

class ReadFinder {
  readonly #roots: RootRead[] = [];
  readonly #variables = new Set<string>();
  readonly #bound = new Set<string>();
  #readsAll = false;

  result(): ExpressionReads {
    const unknownVariables = [...this.#variables].filter((name) => !DEFINED.has(name) && !this.#bound.has(name));
    return { roots: this.#roots, readsAll: this.#readsAll, unknownVariables };
  }

  /** `isRoot` tells whether the node is evaluated against the root object; otherwise its names are those of data. */
  visit(node: AstNode, isRoot: boolean): void {
    this.#noteBindings(node);
    switch (node.type) {
      case "path":
        this.#visitPath(node, isRoot);
        break;
      case "name":
        this.#readName(node, null, isRoot);
        break;
      case "variable":
        this.#readVariable(node, isRoot);
        break;
      case "wildcard":
      case "descendant":
        this.#readsAll ||= isRoot;
        break;
      case "parent":
        // It may climb as far as the root object.
        this.#readsAll = true;
        break;
      default:
        this.#visitParts(node, isRoot);
    }
    this.#visitMembers(node, isRoot);
  }

  #visitPath(node: AstNode, isRoot: boolean): void {
    const steps = node.steps ?? [];
    // `$` is the value a node is evaluated against, `$$` the root object: a path from there is a path from the root.
    if (startsAtContext(steps, isRoot)) {
      this.#visitSteps(steps.slice(1), true);
    } else {
      this.#visitSteps(steps, isRoot);
    }
  }

  #visitSteps(steps: readonly AstNode[], isRoot: boolean): void {
    const [first, second] = steps;
    if (first?.type === "name") {
      this.#noteBindings(first);
      this.#readName(first, second?.type === "name" ? String(second.value) : null, isRoot);
      this.#visitMembers(first, false);
    } else if (first !== undefined) {
      this.visit(first, isRoot);
    }
    steps.slice(1).forEach((step) => this.visit(step, false));
  }

  #readName(node: AstNode, member: string | null, isRoot: boolean): void {
    if (isRoot) {
      this.#roots.push({ name: String(node.value), member });
    }
  }

  #readVariable(node: AstNode, isRoot: boolean): void {
    const name = String(node.value);
    this.#variables.add(name);
    this.#readsAll ||= isContext(node, isRoot);
  }

  #visitParts(node: AstNode, isRoot: boolean): void {
    // The parameters of a lambda are names that it binds, not values that it reads.
    const values = node.type === "lambda" ? [] : (node.arguments ?? []);
    const left = node.type === "bind" ? null : leftOf(node);
    const parts = [left, node.rhs, node.expression, node.procedure, node.body, node.condition, node.then, node.else];
    for (const part of [...parts, ...(node.expressions ?? []), ...values]) {
      if (part !== null && part !== undefined) {
        this.visit(part, isRoot);
      }
    }
  }

  /** Filters, sort terms and groupings see each item of a value; the members of an object constructor see what it sees. */
  #visitMembers(node: AstNode, isRoot: boolean): void {
    this.#visitFilters(node);
    const isConstructor = node.type === "unary";
    for (const part of pairsOf(node).flat()) {
      this.visit(part, isConstructor && isRoot);
    }
    for (const term of node.terms ?? []) {
      this.visit(term.expression, false);
    }
  }

  #visitFilters(node: AstNode): void {
    filtersOf(node).forEach((filter) => this.visit(filter, false));
  }

  #noteBindings(node: AstNode): void {
    const parameters = node.type === "lambda" ? (node.arguments ?? []) : [];
    const assigned = node.type === "bind" ? leftOf(node) : null;
    const stages = (node.stages ?? []).map((stage) => stage.value);
    const names = [...parameters.map((each) => each.value), assigned?.value, node.focus, node.index, ...stages];
    names.filter((name) => typeof name === "string").forEach((name) => this.#bound.add(name));
  }
}

function startsAtContext([first, ...rest]: readonly AstNode[], isRoot: boolean): boolean {
  return first?.type === "variable" && rest.length > 0 && filtersOf(first).length === 0 && isContext(first, isRoot);
}

function isContext(node: AstNode, isRoot: boolean): boolean {
  return node.value === "$" || (node.value === "" && isRoot);
}
