import type { ExpressionAllowance } from "../allowance.ts";
import { ExpressionFailure } from "../expression-error.ts";
import { SOURCE_LENGTH_MAX } from "../limits.ts";
import type { Node } from "./ast.ts";
import { resolveParents } from "./parents.ts";
import { Parser } from "./parser.ts";
import { partsOf } from "./parts.ts";
import { syntaxFailure } from "./syntax-failure.ts";

/** Most nodes on the way from the root of a tree to a leaf: what walks trees recurses that deep. */
const TREE_DEPTH_MAX = 500;

/**
 * Parses an expression, in time and memory linear in its length.
 *
 * @param source - What stands between `${{` and `}}`.
 * @param shared - Bounds it together with other expressions.
 * @returns Its tree; throws an `ExpressionFailure` with the code `expression_syntax` when it is no expression.
 */
export function parseExpression(source: string, shared: ExpressionAllowance | null = null): Node {
  if (source.trim() === "") {
    throw new ExpressionFailure("expression_syntax", "the expression is empty: write one, such as `input.name`", {
      jsonataCode: "S0207",
    });
  }
  if (source.length > SOURCE_LENGTH_MAX) {
    const message = `the expression is longer than ${SOURCE_LENGTH_MAX} characters: split it`;
    throw new ExpressionFailure("expression_syntax", message);
  }
  const root = new Parser(source, shared?.regexes ?? null).parse();
  const nodeCount = checkTree(root);
  if (shared?.take(nodeCount) === false) {
    const message =
      "with those before it there are more expressions in the recipe than one may have: use fewer or shorter ones, or split it";
    throw new ExpressionFailure("expression_syntax", message);
  }
  resolveParents(root);
  return root;
}

/** Gives how many nodes the tree has. */
function checkTree(root: Node): number {
  let count = 0;
  let level: readonly Node[] = [root];
  for (let depth = 0; level.length > 0; depth += 1) {
    const [first] = level;
    // Operators one after the other nest to the left without any bracket.
    if (depth > TREE_DEPTH_MAX && first !== undefined) {
      const message = `it has more than ${TREE_DEPTH_MAX} operators in a row or in each other: split it`;
      throw syntaxFailure(first.position, "S0201", message);
    }
    level.forEach(refuseEval);
    count += level.length;
    level = level.flatMap((node) => partsOf(node));
  }
  return count;
}

/** What it would evaluate cannot be checked when a recipe is saved. */
function refuseEval(node: Node): void {
  if (node.kind === "variable" && node.name === "eval") {
    throw syntaxFailure(node.position, "D3120", "$eval is switched off: write the expression itself");
  }
}
