import type { LambdaNode, Node } from "./ast.ts";
import { parseSignature, type Signature } from "./signature.ts";
import { syntaxFailure } from "./syntax-failure.ts";
import type { TokenCursor } from "./token-cursor.ts";

/** The beginning of a function, up to its parameters. */
export interface LambdaHead {
  readonly position: number;
  readonly args: readonly (Node | null)[];
}

/**
 * Reads the rest of `function($a) { body }`, after the parameters.
 *
 * @param cursor - At the signature or the body.
 * @param head - What was read before.
 * @param parseBody - Reads the body.
 * @returns The function; throws an `ExpressionFailure` when it is none.
 */
export function parseLambda(cursor: TokenCursor, { position, args }: LambdaHead, parseBody: () => Node): LambdaNode {
  const parameters = args.map((arg, index) => {
    if (arg?.kind !== "variable") {
      const message = `parameter ${index + 1} of a function must be a variable, such as \`$name\``;
      throw syntaxFailure(arg?.position ?? position, "S0208", message);
    }
    return arg.name;
  });
  const signature = cursor.isAt("<") ? readSignature(cursor) : null;
  cursor.expect("{", true);
  const body = parseBody();
  cursor.expect("}", false);
  return { kind: "lambda", parameters, signature, body, position };
}

/** Signatures have words of their own, so they are read character by character. */
function readSignature(cursor: TokenCursor): Signature {
  const { start } = cursor.token;
  let depth = 0;
  let at = start;
  do {
    const character = cursor.source.charAt(at);
    depth += character === "<" ? 1 : character === ">" ? -1 : 0;
    if (character === "{" || character === "") {
      throw syntaxFailure(at, "S0202", "the signature is not closed: end it with `>`");
    }
    at += 1;
  } while (depth > 0);
  cursor.moveTo(at);
  return parseSignature(cursor.source.slice(start, at).replaceAll(/\s/g, ""), start);
}
