import type { ExpressionAllowance } from "./allowance.ts";
import { compileNode } from "./evaluation/compile-node.ts";
import { findAssignments } from "./evaluation/declared-names.ts";
import type { Evaluation } from "./evaluation/evaluation.ts";
import { Frame, openFrame, Scope, type Code } from "./evaluation/frames.ts";
import { countLevels } from "./evaluation/levels.ts";
import type { Value } from "./evaluation/values.ts";
import { describeThrown, type ExpressionError } from "./expression-error.ts";
import type { Node } from "./syntax/ast.ts";
import { parseExpression } from "./syntax/parse-expression.ts";
import { partsOf } from "./syntax/parts.ts";

/** An expression, ready to be evaluated any number of times. */
export interface CompiledExpression {
  readonly source: string;
  readonly tree: Node;
  /** Evaluates it. Throws an `ExpressionFailure`, or an exception of the engine: `describeThrown` reads them. */
  readonly evaluate: (run: Evaluation) => Value;
}

/** The expression, or why it is none. */
export type CompileExpressionResult =
  | { readonly ok: true; readonly expression: CompiledExpression }
  | { readonly ok: false; readonly error: ExpressionError };

/**
 * Compiles an expression.
 *
 * @param source - What stands between `${{` and `}}`.
 * @param shared - Bounds it together with other expressions.
 * @returns The expression, or an error with the code `expression_syntax`.
 */
export function compileExpression(source: string, shared: ExpressionAllowance | null = null): CompileExpressionResult {
  try {
    const tree = parseExpression(source, shared);
    let code: Code | null = null;
    const evaluate = (run: Evaluation): Value => {
      code ??= compileTree(tree);
      return code(run, NO_VARIABLES, run.rootContext);
    };
    return { ok: true, expression: { source, tree, evaluate } };
  } catch (error) {
    return { ok: false, error: describeThrown(source, error) };
  }
}

/**
 * Estimates what a compilation keeps in memory: the tree, the code made of it, and regular expressions.
 *
 * @param source - The expression.
 * @param compiled - What became of it.
 * @returns Bytes, more rather than less.
 */
export function estimateBytes(source: string, compiled: CompileExpressionResult): number {
  if (!compiled.ok) {
    return BYTES_PER_ENTRY + source.length * 2;
  }
  let instructions = 0;
  const open: Node[] = [compiled.expression.tree];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    instructions += node.kind === "regex" ? node.program.size : 0;
    open.push(...partsOf(node));
  }
  return BYTES_PER_ENTRY + source.length * BYTES_PER_CHARACTER + instructions * BYTES_PER_INSTRUCTION;
}

// Measured, at worst: a tree of names takes some 400 bytes for each character of it.
const BYTES_PER_CHARACTER = 400;
const BYTES_PER_INSTRUCTION = 200;
const BYTES_PER_ENTRY = 1024;

const NO_VARIABLES = new Frame(null, []);

function compileTree(tree: Node): Code {
  const scope = new Scope(null, findAssignments([tree]));
  const code = compileNode(tree, scope);
  const count = scope.names.size;
  const levels = countLevels(tree);
  return (run, frame, input) => {
    run.enter(levels);
    const value = code(run, count === 0 ? frame : openFrame(run, frame, count), input);
    run.leave(levels);
    return value;
  };
}
