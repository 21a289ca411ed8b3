import type { Node } from "./ast.ts";

/** The nodes by their kind. */
type NodesByKind = { readonly [Kind in Node["kind"]]: Extract<Node, { readonly kind: Kind }> };

/** What is done with a node of each kind, given a context. */
export type Visitor<Context, Result> = {
  readonly [Kind in keyof NodesByKind]: (node: NodesByKind[Kind], context: Context) => Result;
};

/**
 * Does with a node what is done with its kind.
 *
 * @param node - Any node.
 * @param context - What is handed on.
 * @param visitor - What is done with each kind.
 * @returns What came of it.
 */
export function visitNode<Kind extends keyof NodesByKind, Context, Result>(
  node: NodesByKind[Kind] & { readonly kind: Kind },
  context: Context,
  visitor: Visitor<Context, Result>,
): Result {
  return visitor[node.kind](node, context);
}
