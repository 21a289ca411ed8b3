import jsonata from "jsonata";
import { InvariantError } from "../../domain/errors.ts";
import type { AstNode } from "./ast.ts";
import { nestsDefaultsTooDeeply } from "./check-nesting.ts";
import { describeThrown, ExpressionFailure, type ExpressionError } from "./expression-error.ts";
import { enterNode, leaveNode } from "./hooks.ts";
import { getLibrary } from "./library.ts";
import { OPEN_NODES_MAX, SEQUENCE_LENGTH_MAX, SOURCE_LENGTH_MAX } from "./limits.ts";
import type { Meter } from "./meter.ts";
import { ENTRY_HOOK, EXIT_HOOK, METER_VARIABLE } from "./natives.ts";
import { followPath, parsePlainPath } from "./plain-path.ts";
import { prepareAst } from "./prepare-ast.ts";

/** An expression, ready to be evaluated any number of times, also side by side. */
export interface CompiledExpression {
  readonly source: string;
  /** The names of a plain path; null when the expression is more than that. */
  readonly path: readonly string[] | null;
  /** The syntax tree; made when it is first needed. */
  readonly getAst: () => AstNode;
  /**
   * Evaluates the expression against a root object. Rejects with an `ExpressionFailure`, with what JSONata throws or
   * with an exception of the engine: `describeThrown` reads them all.
   */
  readonly evaluate: (root: object, meter: Meter) => Promise<unknown>;
}

/** The expression, or why it is none. */
export type CompileExpressionResult =
  | { readonly ok: true; readonly expression: CompiledExpression }
  | { readonly ok: false; readonly error: ExpressionError };

/** JSONata's types know text as names of variables only; symbols are what its hooks are found by. */
interface Engine {
  assign(name: string | symbol, value: unknown): void;
  ast(): AstNode;
  evaluate(input: unknown, bindings: Readonly<Record<string, unknown>>): Promise<unknown>;
}

/**
 * Compiles an expression. A plain path is not handed to JSONata until a list is met on it.
 *
 * @param source - What stands between `${{` and `}}`.
 * @returns The expression, or an error with the code `expression_syntax`. Throws an `InvariantError` when JSONata is not
 *   the version that the metering was made for.
 */
export function compileExpression(source: string): CompileExpressionResult {
  try {
    const path = parsePlainPath(source);
    let engine = path === null ? createEngine(source) : null;
    const getEngine = (): Engine => (engine ??= createEngine(source));
    const evaluate = async (root: object, meter: Meter): Promise<unknown> => {
      const found = path === null ? null : followPath(root, path);
      return found?.kind === "value" ? found.value : getEngine().evaluate(root, { [METER_VARIABLE]: meter });
    };
    return { ok: true, expression: { source, path, getAst: () => getEngine().ast(), evaluate } };
  } catch (error) {
    if (error instanceof InvariantError) {
      throw error;
    }
    return { ok: false, error: describeThrown(source, error, "expression_syntax") };
  }
}

function createEngine(source: string): Engine {
  if (source.trim() === "") {
    throw new ExpressionFailure("expression_syntax", "the expression is empty: write one, such as `input.name`");
  }
  if (source.length > SOURCE_LENGTH_MAX) {
    throw new ExpressionFailure(
      "expression_syntax",
      `the expression is longer than ${SOURCE_LENGTH_MAX} characters: split it`,
    );
  }
  if (nestsDefaultsTooDeeply(source)) {
    throw new ExpressionFailure("expression_syntax", "`??` and `?:` are nested too deeply: use one after the other");
  }
  const engine: Engine = jsonata(source, { stack: OPEN_NODES_MAX, sequence: SEQUENCE_LENGTH_MAX });
  prepareAst(engine.ast());
  for (const [name, native] of getLibrary()) {
    engine.assign(name, native);
  }
  engine.assign(ENTRY_HOOK, enterNode);
  engine.assign(EXIT_HOOK, leaveNode);
  return engine;
}
