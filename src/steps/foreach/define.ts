import { z } from "zod";
import { isJsonObject, type Json } from "../../domain/json.ts";
import type { ForeachNode } from "../../domain/plan/plan.ts";
import { splitText } from "../../language/expression/template-text.ts";
import type { Finding } from "../../language/recipe-issue.ts";
import { anyJson, EXPRESSION_NOTE } from "../../language/schema-parts.ts";
import type { StepDefinition, StepUse } from "../step-kind.ts";

/** Items that are open at the same time when the recipe does not say. */
const CONCURRENCY_DEFAULT = 10;

const CONCURRENCY_MAX = 100;

/** Most steps of one block; with those of all others they are at most `STEPS_MAX`. */
const BLOCK_STEPS_MAX = 50;

const SHARE = /^(\d{1,3})%$/;

const toleranceHint = 'use how many items may fail, such as 5, or which share of them, such as "10%"';
const tolerance = z.union([z.int().min(0), z.string().regex(/^(?:\d{1,2}|100)%$/, { error: toleranceHint })], {
  error: toleranceHint,
});

const parameters = (step: z.ZodType): z.ZodObject =>
  z
    .strictObject({
      items: z
        .union([z.array(z.unknown()), z.string().min(1)], { error: "use a list, or an expression that gives one" })
        .describe(`The list. ${EXPRESSION_NOTE}`),
      concurrency: z
        .int()
        .min(1)
        .max(CONCURRENCY_MAX)
        .optional()
        .describe("How many items may be open at the same time. Default 10."),
      steps: z
        .array(step)
        .min(1)
        .max(BLOCK_STEPS_MAX)
        .describe("What runs for each item. Expressions read `item` and `index`, which counts from 0."),
      output: anyJson
        .optional()
        .describe(`What an item comes to, any JSON. Default: the output of the last step. ${EXPRESSION_NOTE}`),
      tolerate: tolerance.optional().describe("How many items may fail, or which share of them. Default 0."),
    })
    .describe("The list, and what runs for each of its items.");

/** Runs steps for each item of a list. */
export const FOREACH: StepDefinition<ForeachNode> = {
  description: "Runs steps for each item of a list. Output: the list of what the items come to, in their order.",
  parameters,
  parameterNames: Object.keys(parameters(z.never()).shape),
  evaluated: ["items"],
  holdsBlock: true,
  allowsSecrets: false,
  outsideParts: () => [],
  check: (uses) => uses.flatMap(checkItems),
  compile: (written, compileBlock) => {
    const { items = null, concurrency, tolerate } = isJsonObject(written) ? written : {};
    return {
      type: "foreach",
      with: items,
      concurrency: typeof concurrency === "number" ? concurrency : CONCURRENCY_DEFAULT,
      tolerate: readTolerance(tolerate),
      body: compileBlock(),
    };
  },
};

/**
 * Tells how long all items together can take.
 *
 * @param node - The step.
 * @param itemMs - How long one item can take; null when nothing bounds it.
 * @returns Milliseconds; null when that is not known before the list is.
 */
export function longestItemsMs({ with: items, concurrency }: ForeachNode, itemMs: number | null): number | null {
  return Array.isArray(items) && itemMs !== null ? Math.ceil(items.length / concurrency) * itemMs : null;
}

function readTolerance(written: Json | undefined): ForeachNode["tolerate"] {
  if (typeof written === "string") {
    const [, percent] = SHARE.exec(written) ?? [];
    return percent === undefined ? { count: 0 } : { share: Number(percent) / 100 };
  }
  return { count: typeof written === "number" ? written : 0 };
}

/** Text, also text with expressions in it, is never a list. */
function checkItems({ parameters: written, path }: StepUse): readonly Finding[] {
  const items = isJsonObject(written) ? written["items"] : undefined;
  if (typeof items !== "string" || items === "") {
    return [];
  }
  const split = splitText(items.trim());
  if (!split.ok || (split.parts.length === 1 && typeof split.parts[0] === "object")) {
    return [];
  }
  const message = "`items` is text, not a list";
  const hint = "write a list, or one expression that gives a list: `${{ input.orders }}`";
  return [{ code: "wrong_type", path: [...path, "items"], message, hint }];
}
