/** How the value of a node is metered, beyond the fuel that every node costs. */
export interface Metering {
  /** Its size is counted as often as parts are reached: something made it, or something reads all of it. */
  readonly weigh: boolean;
  /** It becomes text. */
  readonly text: boolean;
  /** It becomes a member of an object, where a JavaScript function could pose as a promise. */
  readonly member: boolean;
}

/** Name and value of the members that an object constructor or a grouping makes. */
export type AstPair = readonly [AstNode, AstNode];

/** A stage of a path step: a filter or an index. */
export interface AstStage {
  readonly type: string;
  readonly expr?: AstNode;
  readonly value?: unknown;
}

/** The parts of a JSONata 2.2 syntax tree that are looked at or changed here. */
export interface AstNode {
  type: string;
  value?: unknown;
  readonly position?: number;
  readonly name?: unknown;
  readonly steps?: readonly AstNode[];
  /** The left operand; for an object constructor, its pairs. */
  lhs?: AstNode | readonly (AstNode | AstPair)[];
  rhs?: AstNode;
  readonly expression?: AstNode;
  readonly expressions?: readonly AstNode[];
  arguments?: readonly AstNode[];
  procedure?: AstNode;
  readonly body?: AstNode;
  readonly signature?: unknown;
  readonly condition?: AstNode;
  readonly then?: AstNode;
  readonly else?: AstNode;
  readonly predicate?: readonly AstStage[];
  readonly stages?: readonly AstStage[];
  readonly group?: { readonly lhs: readonly AstPair[] };
  readonly terms?: readonly { readonly expression: AstNode }[];
  readonly focus?: unknown;
  readonly index?: unknown;
  metering?: Metering;
}

/**
 * Gives the members that a node makes.
 *
 * @param node - A node.
 * @returns Name and value of each, for an object constructor and for a grouping; otherwise none.
 */
export function pairsOf(node: AstNode): readonly AstPair[] {
  const own = isList(node.lhs) ? node.lhs : [];
  return [...own.filter(isPair), ...(node.group?.lhs ?? [])];
}

/**
 * Gives the left operand of a node.
 *
 * @param node - A node.
 * @returns The operand; null when the node has none.
 */
export function leftOf(node: AstNode): AstNode | null {
  return node.lhs === undefined || isList(node.lhs) ? null : node.lhs;
}

/**
 * Gives the filters that are applied to the value of a node.
 *
 * @param node - A node.
 * @returns Their expressions.
 */
export function filtersOf(node: AstNode): readonly AstNode[] {
  return [...(node.predicate ?? []), ...(node.stages ?? [])].flatMap((stage) => stage.expr ?? []);
}

function childrenOf(node: AstNode): readonly AstNode[] {
  const single = [
    leftOf(node),
    node.rhs,
    node.expression,
    node.procedure,
    node.body,
    node.condition,
    node.then,
    node.else,
  ];
  return [
    ...single.filter((child) => child !== null && child !== undefined),
    ...(node.steps ?? []),
    ...(node.expressions ?? []),
    ...(node.arguments ?? []),
    ...filtersOf(node),
    ...pairsOf(node).flat(),
    ...(node.terms ?? []).map((term) => term.expression),
  ];
}

/**
 * Gives a node and every node below it.
 *
 * @param root - The root of a tree; trees are as deep as the parser's own recursion allowed.
 * @returns All nodes, parents before children.
 */
export function nodesOf(root: AstNode): readonly AstNode[] {
  const nodes = [root];
  // The list grows while it is walked: each node appends its children once.
  for (const node of nodes) {
    nodes.push(...childrenOf(node));
  }
  return nodes;
}

function isList(lhs: AstNode["lhs"]): lhs is readonly (AstNode | AstPair)[] {
  return Array.isArray(lhs);
}

function isPair(item: AstNode | AstPair): item is AstPair {
  return Array.isArray(item);
}
