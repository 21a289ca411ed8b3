import type { Node } from "./ast.ts";
import { pathOfName } from "./paths.ts";

/**
 * Makes the node of an operator that is a value, or of a keyword that is a name.
 *
 * @param text - The operator.
 * @param position - Where it is.
 * @returns The node.
 */
export function terminalOf(text: string, position: number): Node {
  switch (text) {
    case "*":
      return { kind: "wildcard", position };
    case "**":
      return { kind: "descendants", position };
    case "%":
      return { kind: "parent", variable: "", position };
    default:
      return pathOfName(text, position);
  }
}

/**
 * Reads a node that is nothing but a name.
 *
 * @param node - Any node.
 * @returns The name; null for other nodes.
 */
export function nameOf(node: Node): string | null {
  const step = node.kind === "path" && node.steps.length === 1 ? node.steps[0] : null;
  return step?.kind === "value" && step.node.kind === "name" && step.stages.length === 0 ? step.node.name : null;
}

/**
 * Puts `-` before a value: a number is made negative at once.
 *
 * @param operand - The value.
 * @param position - Where the operator is.
 * @returns The node.
 */
export function negate(operand: Node, position: number): Node {
  const number = operand.kind === "refined" ? operand.base : operand;
  if (number.kind !== "literal" || typeof number.value !== "number") {
    return { kind: "negate", operand, position };
  }
  const negative: Node = { kind: "literal", value: -number.value, position };
  return operand.kind === "refined" ? { ...operand, base: negative } : negative;
}
