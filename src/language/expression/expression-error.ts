import { SEQUENCE_LENGTH_MAX } from "./limits.ts";

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

/** Stops an evaluation from inside JSONata; it never leaves this folder, but as an `ExpressionError`. */
export class ExpressionFailure extends Error {
  readonly code: ExpressionErrorCode;
  /** Offset into the expression. JSONata fills it in on the way out. */
  readonly position: number | undefined = undefined;

  constructor(code: ExpressionErrorCode, message: string) {
    super(message);
    this.name = "ExpressionFailure";
    this.code = code;
  }
}

const EXCERPT_LENGTH_MAX = 80;
const REASON_LENGTH_MAX = 300;

/** What JSONata throws: plain objects, with more or less of this. */
interface Thrown {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly position?: unknown;
  readonly token?: unknown;
}

/**
 * Describes what an evaluation or a compilation threw.
 *
 * @param source - The expression.
 * @param thrown - What was thrown: a failure of ours, JSONata's own, or an exception of the engine.
 * @param fallback - The code when the thrown thing has none of ours.
 * @returns The error, with an excerpt of the expression and the offset, without a stack.
 */
export function describeThrown(source: string, thrown: unknown, fallback: ExpressionErrorCode): ExpressionError {
  const { code, message, position } = asThrown(thrown);
  const place = typeof position === "number" ? ` at character ${position}` : "";
  const limit = LIMITS.get(code);
  const reason = limit?.reason ?? reasonOf(thrown, message);
  const ownCode = thrown instanceof ExpressionFailure ? thrown.code : fallback;
  const where = typeof position === "number" ? { offset: position } : {};
  return { code: limit?.code ?? ownCode, message: `\`\${{ ${excerpt(source)} }}\`${place}: ${reason}`, ...where };
}

/** JSONata's own codes for the two limits that it enforces itself. */
const LIMITS: ReadonlyMap<unknown, { readonly code: ExpressionErrorCode; readonly reason: string }> = new Map([
  ["D1011", { code: "expression_too_deep", reason: "it recurses too deeply: check that the recursion ends" }],
  ["D2015", { code: "expression_too_large", reason: `it makes a list longer than ${SEQUENCE_LENGTH_MAX} entries` }],
]);

function reasonOf(thrown: unknown, message: unknown): string {
  if (thrown instanceof RangeError) {
    return "it nests or recurses too deeply";
  }
  if (thrown instanceof TypeError) {
    // A mistake that JSONata does not check for; its message speaks of JSONata's own variables.
    return "a function or operator was given a value that it cannot work with";
  }
  return typeof message === "string" && message !== "" ? message.slice(0, REASON_LENGTH_MAX) : "it cannot be evaluated";
}

function asThrown(thrown: unknown): Thrown {
  return typeof thrown === "object" && thrown !== null ? thrown : {};
}

function excerpt(source: string): string {
  const line = source.trim().replaceAll(/\s+/g, " ");
  return line.length > EXCERPT_LENGTH_MAX ? `${line.slice(0, EXCERPT_LENGTH_MAX)}...` : line;
}
