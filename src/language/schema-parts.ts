import { z } from "zod";
import { DURATION_PATTERN, explainDuration, formatDuration, parseDuration } from "./durations.ts";
import type { RecipeIssueCode } from "./recipe-issue.ts";

// Zod probes whether it may generate code; Workers say no, and nothing here is hot enough to want it.
z.config({ jitless: true });

/** What a custom check of a schema attaches to its issue, beside the message. */
export interface SchemaIssueParams {
  readonly recipeCode: RecipeIssueCode;
  readonly hint: string | null;
}

/** Said of every text that is evaluated. */
export const EXPRESSION_NOTE = "Text may hold expressions: ${{ input.city }}.";

/** An expression where a fixed set of words is expected otherwise. */
export const expressionText: z.ZodType<string> = z.string().regex(/\$\{\{/);

/** Any JSON value, but not none. */
export const anyJson: z.ZodType = z.unknown().refine((value) => value !== undefined);

/**
 * Makes the schema of a duration.
 *
 * @param description - What it is for.
 * @param maxMs - The longest that is allowed, in ms.
 * @returns The schema.
 */
export function durationOf(description: string, maxMs: number): z.ZodType<string> {
  return z
    .string()
    .check((context) => {
      const durationMs = parseDuration(context.value);
      if (durationMs === null) {
        const message = `\`${context.value.slice(0, 40)}\` is no duration`;
        context.issues.push(refuse(context.value, "bad_duration", message, explainDuration(context.value)));
      } else if (durationMs > maxMs) {
        const message = `\`${context.value}\` is longer than the ${formatDuration(maxMs)} allowed here`;
        context.issues.push(refuse(context.value, "bad_duration", message, `use at most \`${formatDuration(maxMs)}\``));
      }
    })
    .meta({ description, pattern: DURATION_PATTERN, examples: ["500ms", "10s", "5m", "1h30m"] });
}

/** What a name must look like. */
export interface NamePattern {
  readonly pattern: string;
  readonly description: string;
  /** The issue of one that does not. */
  readonly code: RecipeIssueCode;
  /** Its hint. */
  readonly explain: (value: string) => string;
}

/**
 * Makes the schema of a name.
 *
 * @param name - What it must look like.
 * @returns The schema.
 */
export function textMatching({ pattern, description, code, explain }: NamePattern): z.ZodType<string> {
  const regex = new RegExp(pattern);
  return z
    .string()
    .check((context) => {
      if (!regex.test(context.value)) {
        const message = `\`${context.value.slice(0, 80)}\` does not match ${pattern}`;
        context.issues.push(refuse(context.value, code, message, explain(context.value)));
      }
    })
    .meta({ description, pattern });
}

/**
 * Makes the issue of a check that a schema cannot say.
 *
 * @param input - The value.
 * @param recipeCode - The code of the finding.
 * @param message - Names what is wrong.
 * @param hint - Names the fix, or null when the message does.
 * @returns The issue.
 */
export function refuse(
  input: unknown,
  recipeCode: RecipeIssueCode,
  message: string,
  hint: string | null,
): z.core.$ZodRawIssue {
  const params: SchemaIssueParams = { recipeCode, hint };
  return { code: "custom", input, message, params: { ...params } };
}
