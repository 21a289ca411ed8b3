import type { Json } from "../../domain/json.ts";
import type { ForeachNode } from "../../domain/plan/plan.ts";
import { failed, waiting } from "../outcomes.ts";
import type { StepExecution } from "../step-kind.ts";

/** Most items of one list. */
const ITEMS_MAX = 10_000;

/** Most bytes of JSON of all items of one list together: 1 MiB, as for an output. */
const ITEMS_BYTES_MAX = 1_048_576;

/**
 * How a `foreach` is executed: it finds out its items. `waiting` for them; `failed`, not retryable, with
 * `foreach_params` when there is no list, and with `items_too_large`. The list is not recorded as its input: its items
 * are.
 */
export const FOREACH_EXECUTION: StepExecution<ForeachNode> = {
  template: ({ with: items }) => items,
  missing: "null",
  execute: async ({ resolved }) => {
    if (!isList(resolved)) {
      return failed("foreach_params", `\`items\` is ${explain(resolved)}`);
    }
    const bytes = new TextEncoder().encode(JSON.stringify(resolved)).byteLength;
    if (resolved.length > ITEMS_MAX) {
      const message = `\`items\` has ${resolved.length} entries, more than the ${ITEMS_MAX} allowed: make lists of lists, or start a run for each part`;
      return failed("items_too_large", message);
    }
    if (bytes > ITEMS_BYTES_MAX) {
      const message = `\`items\` is ${bytes} bytes of JSON, more than the ${ITEMS_BYTES_MAX} allowed: keep only what the steps read, such as ids`;
      return failed("items_too_large", message);
    }
    return waiting({ kind: "items", values: resolved });
  },
};

function explain(value: Exclude<Json, readonly Json[]>): string {
  if (value === null) {
    return "null or missing, not a list: look at its expression, and write `(...) ?? []` where that means no items";
  }
  const type = typeof value === "object" ? "an object" : typeof value === "string" ? "text" : `a ${typeof value}`;
  return `${type}, not a list: an expression makes a list of one into its entry unless the path has \`[]\`, as in \`body.orders[]\``;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
