import { z } from "zod";
import { DURATION_PATTERN, explainDuration, formatDuration, parseDuration } from "../language/durations.ts";
import {
  ATTEMPT_TIMEOUT_MS_MAX,
  ATTEMPTS_MAX,
  LABELS_MAX,
  RETRY_DELAY_MS_MAX,
  RUN_TIMEOUT_MS_MAX,
  STEPS_MAX,
} from "../language/limits.ts";
import type { RecipeIssueCode } from "../language/recipe-issue.ts";

// Zod probes whether it may generate code; Workers say no, and nothing here is hot enough to want it.
z.config({ jitless: true });

/** What a custom check of the schema attaches to its issue, beside the message. */
export interface SchemaIssueParams {
  readonly recipeCode: RecipeIssueCode;
  readonly hint: string | null;
}

/** Names of steps: what an expression can spell after `steps.`. */
const STEP_ID_PATTERN = "^[A-Za-z_][A-Za-z0-9_]{0,62}$";

const NAME_PATTERN = "^[a-z][a-z0-9_-]{0,62}$";
const LABEL_PATTERN = "^[A-Za-z0-9][A-Za-z0-9_./-]{0,62}$";

const expressionNote = "Text may hold expressions: ${{ input.city }}.";

function durationOf(description: string, maxMs: number): z.ZodType<string> {
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

interface NamePattern {
  readonly pattern: string;
  readonly description: string;
  readonly code: RecipeIssueCode;
  readonly explain: (value: string) => string;
}

function textMatching({ pattern, description, code, explain }: NamePattern): z.ZodType<string> {
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

function refuse(
  input: unknown,
  recipeCode: RecipeIssueCode,
  message: string,
  hint: string | null,
): z.core.$ZodRawIssue {
  const params: SchemaIssueParams = { recipeCode, hint };
  return { code: "custom", input, message, params: { ...params } };
}

const retryPolicy = z
  .strictObject({
    attempts: z
      .int()
      .min(1)
      .max(ATTEMPTS_MAX)
      .optional()
      .describe("How often to try, the first try included. Default 3."),
    delay: durationOf("Wait before the second try. Default 1s.", RETRY_DELAY_MS_MAX).optional(),
    backoff: z.enum(["exponential", "linear", "fixed"]).optional().describe("How the wait grows. Default exponential."),
    factor: z.number().min(1).max(10).optional().describe("Growth per try of an exponential backoff. Default 2."),
    maxDelay: durationOf("Longest wait between tries. Default 5m.", RETRY_DELAY_MS_MAX).optional(),
    jitter: z.enum(["full", "none"]).optional().describe("Whether waits are random up to their length. Default full."),
    on: z
      .array(z.string().min(1).max(64))
      .min(1)
      .max(50)
      .optional()
      .describe("Error codes to retry. Default: all that are retryable."),
  })
  .describe("What happens after a failed try.");

const retry = z
  .union([z.literal(false), retryPolicy], { error: "use an object such as { attempts: 3, delay: 1s }, or false" })
  .describe("A retry policy, or false for one try.");
const stepTimeout = durationOf("Deadline of one try. Default 30s, at most 15m.", ATTEMPT_TIMEOUT_MS_MAX);

const stepId = textMatching({
  pattern: STEP_ID_PATTERN,
  description: "Name of the step in the recipe; expressions read its output as steps.<id>.",
  code: "bad_id",
  explain: (value) =>
    value.includes("-")
      ? `a hyphen reads as a minus in expressions: write \`${value.replaceAll("-", "_").slice(0, 63)}\``
      : "use letters, digits and underscores, at most 63, not starting with a digit",
});

const stepBase = {
  id: stepId,
  needs: z
    .array(z.string())
    .max(STEPS_MAX)
    .optional()
    .describe("Ids of steps that must be done first. Default: the step before this one; [] starts at once."),
  if: z.string().min(1).optional().describe("Expression; when it is false the step is skipped and its output is null."),
  retry: retry.optional(),
  timeout: stepTimeout.optional(),
  onError: z.enum(["fail", "continue"]).optional().describe("Whether the step's failure fails the run. Default fail."),
};

/** An expression where a fixed set of words is expected otherwise. */
const expressionText = z.string().regex(/\$\{\{/);

/** Any JSON value, but not none. */
const anyJson = z.unknown().refine((value) => value !== undefined);

const scalarOrList = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.null(),
  z.array(z.union([z.string(), z.number(), z.boolean(), z.null()])),
]);
const statusHint = "use statuses such as 200, classes such as `2xx`, or a list of them";
const statusNumber = z
  .int()
  .refine((value) => value >= 100 && value <= 599, { error: statusHint })
  .meta({ minimum: 100, maximum: 599 });
const status = z.union([statusNumber, z.string().regex(/^[1-5](?:xx|XX|\d\d)$|\$\{\{/)]);

const httpParameters = z
  .strictObject({
    method: z
      .union([z.string().regex(/^(?:GET|POST|PUT|PATCH|DELETE|HEAD)$/i), expressionText], {
        error: "use GET, POST, PUT, PATCH, DELETE or HEAD",
      })
      .optional()
      .describe("GET (default), POST, PUT, PATCH, DELETE or HEAD."),
    url: z.string().min(1).describe(`Address to call, http or https. ${expressionNote}`),
    query: z
      .union([z.record(z.string(), scalarOrList), expressionText], { error: "use an object of names and values" })
      .optional()
      .describe("Added to the URL. A missing value leaves its name out."),
    headers: z
      .union([z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])), expressionText], {
        error: "use an object of names and values",
      })
      .optional()
      .describe("Request headers. A missing value leaves its name out."),
    body: z
      .unknown()
      .optional()
      .describe(`Request body: an object or list is sent as JSON, text as it is. ${expressionNote}`),
    expect: z
      .union([status, z.array(status).min(1).max(50)], {
        error: statusHint,
      })
      .optional()
      .describe("Statuses that count as success, such as 200 or 2xx. Default 2xx."),
    response: z
      .union([z.enum(["auto", "json", "text"]), expressionText], { error: "use auto, json or text" })
      .optional()
      .describe("How to read the answer. Default auto: by its content type."),
  })
  .describe("Parameters of the call.");

const httpStep = z
  .strictObject({ ...stepBase, type: z.literal("http"), with: httpParameters })
  .describe("Calls an HTTP API. Output: { status, headers, body }.");

const transformStep = z
  .strictObject({
    ...stepBase,
    type: z.literal("transform"),
    with: anyJson.describe(`The output, any JSON. ${expressionNote}`),
  })
  .describe("Computes a value. Output: the value.");

/** The shape of a recipe: what keys there are, of what types, and within what limits. */
export const recipeSchema = z
  .strictObject({
    name: textMatching({
      pattern: NAME_PATTERN,
      description: "Identity of the workflow; saving the name again makes a new version.",
      code: "bad_name",
      explain: () => "use lower-case letters, digits, `_` and `-`, at most 63, starting with a letter",
    }),
    description: z.string().max(2000).optional().describe("What the workflow does, for people."),
    labels: z
      .record(
        textMatching({
          pattern: LABEL_PATTERN,
          description: "Name of a label.",
          code: "wrong_value",
          explain: () => "use letters, digits, `_`, `.`, `/` and `-`, at most 63",
        }),
        z.string().max(256),
      )
      .check((context) => {
        if (Object.keys(context.value).length > LABELS_MAX) {
          context.issues.push(refuse(context.value, "limit", `more than ${LABELS_MAX} labels`, "remove some"));
        }
      })
      .optional()
      .describe("Copied to every run; runs can be found by them."),
    input: z.looseObject({}).optional().describe("JSON Schema (2020-12) of the run's input. Its defaults are applied."),
    defaults: z
      .strictObject({ retry: retry.optional(), timeout: stepTimeout.optional() })
      .optional()
      .describe("For every step that does not say otherwise."),
    timeout: durationOf("Deadline of the whole run.", RUN_TIMEOUT_MS_MAX).optional(),
    steps: z
      .array(z.discriminatedUnion("type", [httpStep, transformStep]))
      .min(1)
      .max(STEPS_MAX)
      .describe("What the workflow does."),
    output: anyJson
      .optional()
      .describe(`The run's output, any JSON. Default: the output of the last step. ${expressionNote}`),
  })
  .meta({ title: "Baton workflow", description: "A recipe: a name and steps." });

/** The names that each object of a recipe knows. */
export const RECIPE_KEYS = {
  recipe: Object.keys(recipeSchema.shape),
  defaults: ["retry", "timeout"],
  retry: Object.keys(retryPolicy.shape),
  step: Object.keys(httpStep.shape),
  http: Object.keys(httpParameters.shape),
} as const;

/** The step types that can be executed. */
export const STEP_TYPES = ["http", "transform"] as const;

/** A recipe whose shape is right; ids, order and expressions are not checked yet. */
export type Recipe = z.infer<typeof recipeSchema>;

/**
 * Gives the JSON Schema of the recipe language, for editors and for `GET /api/schema/workflow`.
 *
 * @returns A JSON Schema (2020-12) document.
 */
export function recipeJsonSchema(): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(recipeSchema, { target: "draft-2020-12", io: "input" });
}
