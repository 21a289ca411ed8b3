import { filtersOf, leftOf, nodesOf, pairsOf, type AstNode, type Metering } from "./ast.ts";
import { ExpressionFailure } from "./expression-error.ts";
import { RANGE_FUNCTION } from "./library.ts";
import { compileRegex } from "./regex-engine.ts";

/** Nodes that make lists or objects out of others, so that the result can be larger than what went in. */
const MAKERS = new Set(["unary", "path", "function", "apply", "wildcard", "descendant"]);

/** Operators that write or compare all of their operands. */
const WRITERS = new Set(["&", "=", "!=", "in"]);

/**
 * Makes a syntax tree safe to evaluate: refuses what cannot be bounded, replaces the range operator by a metered
 * function, and notes on nodes how their values are to be metered. Changes the tree.
 *
 * @param root - The tree, as JSONata parsed it.
 * @returns Every node; throws an `ExpressionFailure` that names what is refused.
 */
export function prepareAst(root: AstNode): readonly AstNode[] {
  const nodes = nodesOf(root);
  for (const node of nodes) {
    refuseUnbounded(node);
    if (MAKERS.has(node.type) || filtersOf(node).length > 0 || node.group !== undefined) {
      mark(node, { weigh: true });
    }
    markOperands(node);
    replaceRange(node);
  }
  return nodes;
}

function refuseUnbounded(node: AstNode): void {
  if (node.type === "transform") {
    throw refuseAt(node, "the transform operator (`|...|`) changes values in place and is switched off: use $merge");
  }
  if (node.signature !== undefined) {
    throw refuseAt(node, "signatures of functions (`<...>`) are switched off: leave the signature out");
  }
  if (node.type === "variable" && node.value === "eval") {
    throw refuseAt(node, "$eval is switched off: write the expression itself");
  }
  if (rowNamesOf(node).includes("then")) {
    // A row of bindings with this name would pose as a promise.
    throw refuseAt(node, "a variable bound with `@` or `#` cannot be called $then: give it another name");
  }
  if (node.type === "regex" && node.value instanceof RegExp) {
    checkRegex(node, node.value);
  }
}

/** Names that `@` and `#` bind, which JSONata keeps as members of one object for each row. */
function rowNamesOf(node: AstNode): readonly unknown[] {
  return [node.focus, node.index, ...(node.stages ?? []).map((stage) => stage.value)];
}

function checkRegex(node: AstNode, regex: RegExp): void {
  try {
    compileRegex(regex);
  } catch (error) {
    const reason = error instanceof Error ? error.message : "unknown";
    throw refuseAt(
      node,
      `the regular expression cannot be searched in linear time (no look-around, no back-references): ${reason}`,
    );
  }
}

function markOperands(node: AstNode): void {
  const isWriter = node.type === "binary" && WRITERS.has(String(node.value));
  const operands = [leftOf(node), node.rhs ?? null, node.condition ?? null];
  for (const operand of operands) {
    if (operand !== null) {
      mark(operand, isWriter ? { text: true } : { weigh: true });
    }
  }
  filtersOf(node).forEach((filter) => mark(filter, { weigh: true }));
  pairsOf(node).forEach(([, member]) => mark(member, { member: true }));
}

function mark(node: AstNode, metering: Partial<Metering>): void {
  node.metering = { ...(node.metering ?? { weigh: false, text: false, member: false }), ...metering };
}

function replaceRange(node: AstNode): void {
  const [left, right] = [leftOf(node), node.rhs];
  if (node.type === "binary" && node.value === ".." && left !== null && right !== undefined) {
    node.type = "function";
    node.procedure = {
      type: "variable",
      value: RANGE_FUNCTION,
      ...(node.position === undefined ? {} : { position: node.position }),
    };
    node.arguments = [left, right];
    delete node.lhs;
    delete node.rhs;
  }
}

function refuseAt(node: AstNode, message: string): ExpressionFailure {
  return Object.assign(new ExpressionFailure("expression_syntax", message), { position: node.position });
}
