/** Why an expression gave no value: stable codes, none of which another try would change. */
export type ExpressionErrorCode =
  | "expression_failed"
  | "expression_fuel"
  | "expression_result"
  | "expression_syntax"
  | "expression_too_deep"
  | "expression_too_large";

/** Why a template or a condition could not be evaluated. */
export interface ExpressionError {
  readonly code: ExpressionErrorCode;
  /** Names the expression, the place in it and the fix. */
  readonly message: string;
  /** Offset of that place into the expression; not given when it is not known. */
  readonly offset?: number;
}

/** Where an expression failed, and how JSONata calls it. */
export interface FailureDetails {
  /** Offset into the expression, from 0. */
  readonly position?: number;
  /** JSONata's code of the error, such as `T2001`; null for failures that JSONata does not know. */
  readonly jsonataCode?: string;
}

/** Stops a compilation or an evaluation; it never leaves the language, but as an `ExpressionError`. */
export class ExpressionFailure extends Error {
  readonly code: ExpressionErrorCode;
  readonly jsonataCode: string | null;
  /** Offset into the expression, from 0; null until it is known. */
  position: number | null;

  constructor(code: ExpressionErrorCode, message: string, details: FailureDetails = {}) {
    super(message);
    this.name = "ExpressionFailure";
    this.code = code;
    this.jsonataCode = details.jsonataCode ?? null;
    this.position = details.position ?? null;
  }
}

const EXCERPT_LENGTH_MAX = 80;
const REASON_LENGTH_MAX = 300;

/**
 * Makes the failure of an operator or a function that was given what it does not take.
 *
 * @param jsonataCode - JSONata's code of the error.
 * @param message - What is wrong and how to mend it.
 * @param position - Where, when it is known.
 * @returns The failure, to be thrown.
 */
export function failureOf(jsonataCode: string, message: string, position?: number): ExpressionFailure {
  const place = position === undefined ? {} : { position };
  return new ExpressionFailure("expression_failed", message, { jsonataCode, ...place });
}

/**
 * Describes what an evaluation or a compilation threw.
 *
 * @param source - The expression.
 * @param thrown - A failure of ours, or an exception of the engine when the stack or the room ran out.
 * @returns The error, with an excerpt of the expression and the offset (of the first character: 1), without a stack.
 *   Anything that is no failure of an expression is thrown again.
 */
export function describeThrown(source: string, thrown: unknown): ExpressionError {
  if (thrown instanceof ExpressionFailure) {
    const place = thrown.position === null ? "" : ` at character ${thrown.position + 1}`;
    const reason = thrown.message.slice(0, REASON_LENGTH_MAX);
    const where = thrown.position === null ? {} : { offset: thrown.position };
    return { code: thrown.code, message: `\`\${{ ${excerpt(source)} }}\`${place}: ${reason}`, ...where };
  }
  if (thrown instanceof RangeError) {
    // The meter ends an evaluation long before; this is for a stack, or for room, that is smaller than any known.
    return thrown.message.includes("stack")
      ? { code: "expression_too_deep", message: `\`\${{ ${excerpt(source)} }}\`: it nests or recurses too deeply` }
      : {
          code: "expression_too_large",
          message: `\`\${{ ${excerpt(source)} }}\`: it makes more than there is room for`,
        };
  }
  throw thrown;
}

function excerpt(source: string): string {
  const line = source
    .slice(0, EXCERPT_LENGTH_MAX * 4)
    .trim()
    .replaceAll(/\s+/g, " ");
  return line.length > EXCERPT_LENGTH_MAX ? `${line.slice(0, EXCERPT_LENGTH_MAX)}...` : line;
}
