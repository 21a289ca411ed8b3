import type { RegexProgram } from "../regex-program.ts";
import type { Signature } from "./signature.ts";

/** A node of a syntax tree. `position` is the offset into the expression that its errors name. */
export type Node =
  | LiteralNode
  | NameNode
  | VariableNode
  | ParentNode
  | WildcardNode
  | DescendantsNode
  | RegexNode
  | PathNode
  | RefinedNode
  | BinaryNode
  | NegateNode
  | ListNode
  | ObjectNode
  | BlockNode
  | ConditionNode
  | FallbackNode
  | BindNode
  | CallNode
  | LambdaNode
  | ChainNode
  | TransformNode;

/** A number, a text, true, false or null. */
export interface LiteralNode {
  readonly kind: "literal";
  readonly position: number;
  readonly value: string | number | boolean | null;
}

/** A member of the value it is evaluated against. */
export interface NameNode {
  readonly kind: "name";
  readonly position: number;
  readonly name: string;
}

/** `$name`; the empty name is the value it is evaluated against, `$` the root object. */
export interface VariableNode {
  readonly kind: "variable";
  readonly position: number;
  readonly name: string;
}

/** `%`: the value that a step before was evaluated against. */
export interface ParentNode {
  readonly kind: "parent";
  readonly position: number;
  /** The variable that holds the value: what a step's `parentName` says. Found after parsing. */
  variable: string;
}

/** `*`: the members of a value. */
export interface WildcardNode {
  readonly kind: "wildcard";
  readonly position: number;
}

/** `**`: a value and everything in it. */
export interface DescendantsNode {
  readonly kind: "descendants";
  readonly position: number;
}

/** A regular expression. */
export interface RegexNode {
  readonly kind: "regex";
  readonly position: number;
  readonly program: RegexProgram;
}

/** Steps, each evaluated against every item that the one before gave. */
export interface PathNode {
  readonly kind: "path";
  readonly position: number;
  readonly steps: readonly [Step, ...Step[]];
  readonly group: Group | null;
  /** Whether a result of one item stays a list: `step[]`. */
  readonly keepsList: boolean;
  /** The same, for a path that is sorted, bound or grouped before the `[]`. */
  readonly keepsSequence: boolean;
  /** Whether rows come out of it, for the path around it to go on with: `(a.b).%`. Found after parsing. */
  givesRows: boolean;
}

/** A step of a path. */
export type Step = ValueStep | SortStep;

/** A step that gives values. */
export interface ValueStep {
  readonly kind: "value";
  readonly node: Node;
  readonly stages: readonly Stage[];
  readonly keepsList: boolean;
  /** A list it makes stays one item of the path. */
  readonly makesList: boolean;
  /** The variable that holds its value, while the path goes on with the value before: `@$name`. */
  readonly focus: string | null;
  /** The variable that holds the position of its value: `#$name`. */
  readonly index: string | null;
  /** The variable that holds what it was evaluated against, for a `%` further on. Found after parsing. */
  parentName: string | null;
  /** Whether its values are rows with variables. Found after parsing, but for bindings. */
  isRow: boolean;
}

/** A step that orders what the step before gave: `^(terms)`. */
export interface SortStep {
  readonly kind: "sort";
  readonly position: number;
  readonly terms: readonly SortTerm[];
  readonly stages: readonly Stage[];
  readonly index: string | null;
  readonly isRow: boolean;
}

/** What items are ordered by. */
export interface SortTerm {
  readonly node: Node;
  readonly isDescending: boolean;
}

/** What happens to the values of a step: a filter `[...]`, or a binding of their positions that follows one. */
export type Stage =
  | { readonly kind: "filter"; readonly node: Node; readonly position: number }
  | { readonly kind: "index"; readonly name: string };

/** Members made for each item: `{ key: value }` after a value. */
export interface Group {
  readonly position: number;
  readonly pairs: readonly Pair[];
}

/** Name and value of a member. */
export interface Pair {
  readonly key: Node;
  readonly value: Node;
}

/** A value that is filtered, grouped or kept a list, and is no path. */
export interface RefinedNode {
  readonly kind: "refined";
  readonly position: number;
  readonly base: Node;
  readonly filters: readonly Stage[];
  readonly group: Group | null;
  readonly keepsList: boolean;
  /** See `PathNode`. */
  givesRows: boolean;
}

/** Operators that evaluate both operands, and `and` and `or`, which may leave the second out. */
export type BinaryOperator = ArithmeticOperator | ComparisonOperator | "=" | "!=" | "&" | ".." | "in" | "and" | "or";

/** Operators of numbers. */
export type ArithmeticOperator = "+" | "-" | "*" | "/" | "%";

/** Operators that order two numbers or two texts. */
export type ComparisonOperator = "<" | "<=" | ">" | ">=";

/** An operator between two operands. */
export interface BinaryNode {
  readonly kind: "binary";
  readonly position: number;
  readonly operator: BinaryOperator;
  readonly left: Node;
  readonly right: Node;
}

/** `-` before a value. */
export interface NegateNode {
  readonly kind: "negate";
  readonly position: number;
  readonly operand: Node;
}

/** `[a, b]`. */
export interface ListNode {
  readonly kind: "list";
  readonly position: number;
  readonly items: readonly Node[];
}

/** `{ key: value }` that does not follow a value. */
export interface ObjectNode {
  readonly kind: "object";
  readonly position: number;
  readonly pairs: readonly Pair[];
}

/** `(a; b)`: the value of the last one. */
export interface BlockNode {
  readonly kind: "block";
  readonly position: number;
  readonly items: readonly Node[];
  /** See `PathNode`. */
  givesRows: boolean;
}

/** `condition ? consequent : otherwise`. */
export interface ConditionNode {
  readonly kind: "condition";
  readonly position: number;
  readonly condition: Node;
  readonly consequent: Node;
  readonly otherwise: Node | null;
}

/** `value ?? otherwise` takes what is there, `value ?: otherwise` what counts as true. */
export interface FallbackNode {
  readonly kind: "fallback";
  readonly position: number;
  readonly accepts: "existing" | "truthy";
  readonly value: Node;
  readonly otherwise: Node;
}

/** `$name := value`. */
export interface BindNode {
  readonly kind: "bind";
  readonly position: number;
  readonly name: string;
  readonly value: Node;
}

/** `$f(a, b)`; an argument that is null is a `?`, which makes a function of the rest. */
export interface CallNode {
  readonly kind: "call";
  readonly position: number;
  readonly procedure: Node;
  readonly args: readonly (Node | null)[];
  readonly isPartial: boolean;
}

/** `function($a) { body }`. */
export interface LambdaNode {
  readonly kind: "lambda";
  readonly position: number;
  readonly parameters: readonly string[];
  readonly signature: Signature | null;
  readonly body: Node;
}

/** `value ~> function`. */
export interface ChainNode {
  readonly kind: "chain";
  readonly position: number;
  readonly left: Node;
  readonly right: Node;
}

/** `|pattern|update, remove|`. */
export interface TransformNode {
  readonly kind: "transform";
  readonly position: number;
  readonly pattern: Node;
  readonly update: Node;
  readonly remove: Node | null;
}
