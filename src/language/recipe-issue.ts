/** What is wrong with a recipe: stable codes that tests, editors and the dashboard can rely on. */
export type RecipeIssueCode =
  | "bad_duration"
  | "bad_id"
  | "bad_name"
  | "cycle"
  | "duplicate_id"
  | "duplicate_key"
  | "expression_syntax"
  | "input_schema"
  | "limit"
  | "missing_key"
  | "needs_order"
  | "not_supported_yet"
  | "out_of_scope"
  | "secrets_outside_http"
  | "syntax"
  | "too_deep"
  | "too_large"
  | "unknown_key"
  | "unknown_name"
  | "unknown_step"
  | "unknown_type"
  | "wrong_type"
  | "wrong_value";

/** What is valid in a recipe and hardly means what it says: stable codes too. */
export const WARNING_CODES = [
  "constant_condition",
  "impossible_comparison",
  "missing_comparison",
  "missing_negation",
  "null_comparison",
  "unknown_input",
] as const;

/** One of `WARNING_CODES`. */
export type RecipeWarningCode = (typeof WARNING_CODES)[number];

/** Where in a recipe: names of members and indexes of list entries, from the root. */
export type RecipePath = readonly (string | number)[];

/** A problem or a warning as a check finds it: it knows what is wrong, not yet where in the text that is. */
export interface Finding {
  readonly code: RecipeIssueCode | RecipeWarningCode;
  readonly path: RecipePath;
  /** Points at the member's name instead of its value. */
  readonly onKey?: boolean;
  /** Names the thing that is wrong. */
  readonly message: string;
  /** Names the fix, or null when the message does. */
  readonly hint: string | null;
}

/** One problem of a recipe or warning about it, where it is and how to fix it. Lines and columns count from 1. */
export interface RecipeIssue {
  /** JSON Pointer (RFC 6901); `""` is the whole recipe. */
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly code: RecipeIssueCode | RecipeWarningCode;
  readonly message: string;
  readonly hint: string | null;
}

/**
 * Writes a path as a JSON Pointer.
 *
 * @param path - Names and indexes from the root.
 * @returns The pointer, `""` for the root.
 */
export function toPointer(path: RecipePath): string {
  return path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/**
 * Reads a JSON Pointer.
 *
 * @param pointer - As `toPointer` writes it.
 * @returns The names from the root; indexes stay text.
 */
export function fromPointer(pointer: string): readonly string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}
