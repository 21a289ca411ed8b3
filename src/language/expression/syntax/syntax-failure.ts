import { ExpressionFailure } from "../expression-error.ts";

/**
 * Makes the failure of an expression that is none.
 *
 * @param position - Offset of the character that is wrong, from 0.
 * @param code - JSONata's code of the error.
 * @param message - What is wrong, what was expected and how to mend it.
 * @returns The failure, to be thrown.
 */
export function syntaxFailure(position: number, code: string, message: string): ExpressionFailure {
  return new ExpressionFailure("expression_syntax", message, { position, jsonataCode: code });
}
