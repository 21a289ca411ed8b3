import type { Json, JsonObject } from "../domain/json.ts";
import { keyOf, leadingNames, namesOf, walkTree, withoutBrackets, writePath, type Visit } from "./expression-paths.ts";
import type { CompiledExpression } from "./expression/compile-expression.ts";
import type { BinaryNode, LiteralNode, Node } from "./expression/syntax/ast.ts";
import { partsOf } from "./expression/syntax/parts.ts";
import { findMemberShape, type MemberShape } from "./input-shape.ts";
import type { Finding, RecipePath, RecipeWarningCode } from "./recipe-issue.ts";
import { suggestHint } from "./suggest.ts";

/** A member of a step's output that comes from outside, so that nobody knows what is in it. */
export interface OutsidePart {
  readonly name: string;
  /** Whether it can be null although the step completed, so that nothing is in it then. */
  readonly mayBeNull: boolean;
}

/** What is known of the values that an expression reads. */
export interface TrapScope {
  /** The input schema; null when there is none. */
  readonly inputSchema: JsonObject | null;
  /** By step, the members of its output that come from outside. */
  readonly outsideParts: ReadonlyMap<string, readonly OutsidePart[]>;
  /** Paths that are known to be there, or whose absence was thought of: see `findGuards`. */
  readonly guards: ReadonlySet<string>;
}

/**
 * Finds the paths whose absence an expression deals with: those it gives to `$exists`, `$boolean` or `$type`, those
 * with a value to fall back on, and those it takes as a condition.
 *
 * @param expression - A compiled expression.
 * @returns A key for each of them.
 */
export function findGuards({ tree }: CompiledExpression): ReadonlySet<string> {
  const guards = new Set<string>();
  const note = (node: Node | null, isAtRoot: boolean): void => {
    const names = node === null ? null : namesOf(node, isAtRoot);
    if (names !== null) {
      guards.add(keyOf(names));
    }
  };
  note(tree, true);
  for (const { node, isAtRoot } of walkTree(tree)) {
    if (node.kind === "fallback") {
      note(node.value, isAtRoot);
    } else if (node.kind === "condition") {
      note(node.condition, isAtRoot);
    } else if (node.kind === "binary" && (node.operator === "and" || node.operator === "or")) {
      [node.left, node.right].forEach((operand) => note(operand, isAtRoot));
    } else {
      note(argumentOf(node, ["exists", "boolean", "type"]), isAtRoot);
    }
  }
  return guards;
}

/**
 * Finds what is valid in an expression and hardly means what it says.
 *
 * @param expression - A compiled expression.
 * @param path - Where it is in the recipe.
 * @param scope - What is known of the values that it reads.
 * @returns Warnings in the order of the expression, one for each path and kind.
 */
export function findTraps(expression: CompiledExpression, path: RecipePath, scope: TrapScope): readonly Finding[] {
  const guards = new Set([...scope.guards, ...findGuards(expression)]);
  const finder = new TrapFinder({ ...scope, guards });
  const traps = new Map<string, Finding>();
  for (const visit of walkTree(expression.tree)) {
    const trap = finder.find(visit);
    if (traps.size >= TRAPS_MAX) {
      break;
    }
    if (trap !== null && !traps.has(trap.key)) {
      traps.set(trap.key, { code: trap.code, path, message: trap.message, hint: trap.hint });
    }
  }
  return [...traps.values()];
}

/** Warnings of one expression; more nobody reads. */
const TRAPS_MAX = 20;

interface Trap {
  readonly code: RecipeWarningCode;
  readonly message: string;
  readonly hint: string;
  /** What the same trap, found again, has too. */
  readonly key: string;
}

class TrapFinder {
  readonly #scope: TrapScope;

  constructor(scope: TrapScope) {
    this.#scope = scope;
  }

  find({ node, isAtRoot }: Visit): Trap | null {
    if (node.kind === "path") {
      return this.#checkPath(leadingNames(node, isAtRoot));
    }
    if (node.kind === "binary" && (node.operator === "=" || node.operator === "!=")) {
      return this.#checkEquality(node, isAtRoot);
    }
    const negated = argumentOf(node, ["not"]);
    return negated === null ? null : this.#checkNot(negated, isAtRoot);
  }

  #checkPath(names: readonly string[]): Trap | null {
    const stray = this.#shapeOf(names)?.strayedAt ?? null;
    if (stray === null) {
      return null;
    }
    const written = writePath(names.slice(0, stray.depth + 2));
    const message = `\`${written}\` is never there: the input schema allows no such member`;
    const hint = suggestHint(names[stray.depth + 1] ?? "", stray.known.slice(0, KNOWN_MAX));
    return { code: "unknown_input", message, hint, key: `unknown_input ${written}` };
  }

  #checkEquality(node: BinaryNode, isAtRoot: boolean): Trap | null {
    const [left, right] = [withoutBrackets(node.left), withoutBrackets(node.right)];
    const literal = right.kind === "literal" ? right : left.kind === "literal" ? left : null;
    return literal === null
      ? null
      : this.#checkLiteral(node, literal, { node: literal === right ? left : right, isAtRoot });
  }

  #checkLiteral({ operator }: BinaryNode, literal: LiteralNode, { node, isAtRoot }: Visit): Trap | null {
    const names = namesOf(node, isAtRoot);
    if (literal.value === null && names !== null && this.#mayLackNull(names)) {
      return nullTrap(names, operator);
    }
    // To make sure that something is not null is no mistake, also where the schema has done so.
    const isCare = literal.value === null && operator === "!=";
    if (names !== null && !isCare && this.#isNeverEqual(names, literal)) {
      return impossibleTrap(names, operator, literal);
    }
    return literal.value !== null && operator === "!=" ? this.#checkUnequal(node, isAtRoot) : null;
  }

  #checkUnequal(other: Node, isAtRoot: boolean): Trap | null {
    const missing = this.#findMissing(other, isAtRoot);
    if (missing === null) {
      return null;
    }
    const { names, isWhole } = missing;
    const written = writePath(names);
    const message = `\`!=\` is false here when \`${written}\` is missing: nothing is unequal to what is missing`;
    const hint = hintFor(names, isWhole ? "null" : "0");
    return { code: "missing_comparison", message, hint, key: keyOf(names) };
  }

  #checkNot(operand: Node, isAtRoot: boolean): Trap | null {
    const missing = this.#findMissing(operand, isAtRoot);
    if (missing === null) {
      return null;
    }
    const { names, isWhole } = missing;
    const written = writePath(names);
    const message = `\`$not(...)\` gives nothing here when \`${written}\` is missing, which counts as false`;
    const hint = hintFor(names, isWhole ? "false" : "0");
    return { code: "missing_negation", message, hint, key: keyOf(names) };
  }

  /** Finds the part of the input without which there is no value: itself, or what is calculated or ordered. */
  #findMissing(node: Node, isAtRoot: boolean): { readonly names: readonly string[]; readonly isWhole: boolean } | null {
    const open: Node[] = [node];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const part = withoutBrackets(next);
      const names = namesOf(part, isAtRoot);
      if (names !== null && this.#mayLack(names)) {
        return { names, isWhole: part === withoutBrackets(node) };
      }
      if (part.kind === "negate" || (part.kind === "binary" && NEEDS_BOTH.has(part.operator))) {
        open.push(...partsOf(part).toReversed());
      }
    }
    return null;
  }

  #mayLack(names: readonly string[]): boolean {
    const isMissing = this.#outsidePartOf(names)?.mayBeNull ?? this.#shapeOf(names)?.presence === "maybe";
    return isMissing && !this.#scope.guards.has(keyOf(names));
  }

  /** Beside the input: errors, and what comes from outside. What is known to be null instead does not count. */
  #mayLackNull(names: readonly string[]): boolean {
    const isOfError = names[0] === "errors" && names.length > 1;
    return isOfError || this.#outsidePartOf(names) !== null
      ? !this.#scope.guards.has(keyOf(names))
      : this.#mayLack(names);
  }

  /** Null for what is not within such a part. */
  #outsidePartOf(names: readonly string[]): OutsidePart | null {
    const [root, id = "", part] = names;
    const parts = root === "steps" && names.length > 3 ? this.#scope.outsideParts.get(id) : undefined;
    return parts?.find(({ name }) => name === part) ?? null;
  }

  #isNeverEqual(names: readonly string[], { value }: LiteralNode): boolean {
    const shape = this.#shapeOf(names);
    if (shape === null) {
      return false;
    }
    const isTypeImpossible = shape.types !== null && !shape.types.some((type) => hasType(value, type));
    return isTypeImpossible || (shape.values !== null && !shape.values.includes(value));
  }

  /** Null for what is not in the input. */
  #shapeOf([root, ...names]: readonly string[]): MemberShape | null {
    return root === "input" && names.length > 0 ? findMemberShape(this.#scope.inputSchema, names) : null;
  }
}

/** Names that a mistyped one is compared with. */
const KNOWN_MAX = 30;

/** Operators that give nothing when an operand is missing. */
const NEEDS_BOTH: ReadonlySet<string> = new Set(["+", "-", "*", "/", "%", "<", "<=", ">", ">="]);

function impossibleTrap(names: readonly string[], operator: string, { value }: LiteralNode): Trap {
  const written = writePath(names);
  const result = operator === "=" ? "always false" : "never false, unless it is missing";
  const shown = JSON.stringify(value).slice(0, SHOWN_LENGTH_MAX);
  const message = `\`${written}\` is never ${shown} by the input schema, so \`${operator}\` is ${result}`;
  const hint = "compare with a value that the schema allows, or mend the schema";
  return { code: "impossible_comparison", message, hint, key: `impossible_comparison ${written}` };
}

const SHOWN_LENGTH_MAX = 100;

function nullTrap(names: readonly string[], operator: string): Trap {
  const written = writePath(names);
  const message = `\`${written} ${operator} null\` is false when \`${written}\` is missing: what is missing is neither null nor unequal to it`;
  return { code: "null_comparison", message, hint: hintFor(names, "null"), key: keyOf(names) };
}

function hintFor(names: readonly string[], otherwise: string): string {
  const fallback = `write \`(${writePath(names)} ?? ${otherwise})\` for it`;
  return names[0] === "input"
    ? `${fallback}, or have the input schema require it or give it a default`
    : `${fallback}, or ask \`$exists(...)\` first`;
}

function hasType(value: LiteralNode["value"], type: Json): boolean {
  if (value === null) {
    return type === "null";
  }
  return type === "integer" ? Number.isInteger(value) : type === typeof value;
}

/** The value that one of these functions is given, as its argument or by `~>`; null for everything else. */
function argumentOf(node: Node, names: readonly string[]): Node | null {
  if (node.kind === "chain") {
    const { left, right } = node;
    return isNamed(right.kind === "call" ? right.procedure : right, names) ? left : null;
  }
  return node.kind === "call" && isNamed(node.procedure, names) ? (node.args[0] ?? null) : null;
}

function isNamed(node: Node, names: readonly string[]): boolean {
  return node.kind === "variable" && names.includes(node.name);
}
