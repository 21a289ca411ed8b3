import { z } from "zod";
import {
  ATTEMPT_TIMEOUT_MS_MAX,
  ATTEMPTS_MAX,
  LABELS_MAX,
  RETRY_DELAY_MS_MAX,
  RUN_TIMEOUT_MS_MAX,
  STEPS_MAX,
} from "../language/limits.ts";
import { anyJson, durationOf, EXPRESSION_NOTE, refuse, textMatching } from "../language/schema-parts.ts";
import { DEFINITIONS } from "../steps/registry.ts";

/** Names of steps: what an expression can spell after `steps.`. */
const STEP_ID_PATTERN = "^[A-Za-z_][A-Za-z0-9_]{0,62}$";

const NAME_PATTERN = "^[a-z][a-z0-9_-]{0,62}$";
const LABEL_PATTERN = "^[A-Za-z0-9][A-Za-z0-9_./-]{0,62}$";

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

// Steps hold steps.
const step: z.ZodType = z.lazy(() => anyStep).meta({ id: "step" });

const [firstType, ...otherTypes] = [...DEFINITIONS].map(([type, { description, parameters }]) =>
  z.strictObject({ ...stepBase, type: z.literal(type), with: parameters(step) }).describe(description),
);
const anyStep = firstType === undefined ? z.never() : z.discriminatedUnion("type", [firstType, ...otherTypes]);

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
    steps: z.array(step).min(1).max(STEPS_MAX).describe("What the workflow does."),
    output: anyJson
      .optional()
      .describe(`The run's output, any JSON. Default: the output of the last step. ${EXPRESSION_NOTE}`),
  })
  .meta({ title: "Baton workflow", description: "A recipe: a name and steps." });

/** The names that each object of a recipe knows, but for the parameters of steps. */
export const RECIPE_KEYS = {
  recipe: Object.keys(recipeSchema.shape),
  defaults: ["retry", "timeout"],
  retry: Object.keys(retryPolicy.shape),
  step: [...Object.keys(stepBase), "type", "with"],
} as const;

/**
 * Gives the JSON Schema of the recipe language, for editors and for `GET /api/schema/workflow`.
 *
 * @returns A JSON Schema (2020-12) document.
 */
export function recipeJsonSchema(): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(recipeSchema, { target: "draft-2020-12", io: "input" });
}
