import { isDeepStrictEqual } from "node:util";
import type { Json } from "../../src/domain/json.ts";
import { containerOf, innerKeyOf } from "../../src/domain/path.ts";
import type { ForeachNode } from "../../src/domain/plan/plan.ts";
import type { Step } from "../../src/domain/run/step.ts";
import { type LivedRun, nodeOfStep } from "./lived-run.ts";
import type { Outside } from "./outside.ts";

/**
 * Looks for `foreach` steps that ended otherwise than their items did: with an item too few, out of order, with another's
 * output, or with more or fewer failures than it may have.
 *
 * @param lived - The run.
 * @param outside - What is stored.
 * @returns One sentence for each.
 */
export function findWrongItems(lived: LivedRun, outside: Outside): readonly string[] {
  return lived.steps.flatMap((step) => {
    const node = nodeOfStep(lived, step.key);
    const isDone = step.status === "COMPLETED" || step.status === "FAILED";
    return step.type === "foreach" && node.type === "foreach" && isDone && step.waitingFor?.kind === "items"
      ? wrongsOf({ step, node, total: step.waitingFor.total }, lived, outside).map(
          (wrong) => `has ${step.key} ${wrong}`,
        )
      : [];
  });
}

interface Foreach {
  readonly step: Step;
  readonly node: ForeachNode;
  readonly total: number;
}

function wrongsOf({ step, node, total }: Foreach, lived: LivedRun, { database }: Outside): readonly string[] {
  const items = lived.steps
    .filter((one) => one.type === "item" && containerOf(one.key) === step.key)
    .toSorted((one, other) => one.position - other.position);
  const failed = items.filter(({ status }) => status === "FAILED").length;
  const tolerated = "count" in node.tolerate ? node.tolerate.count : Math.floor(node.tolerate.share * total);
  if (step.status === "FAILED") {
    const isWrong = step.error.code === "items_failed" && failed <= tolerated;
    return isWrong ? [`FAILED by its items, of which ${failed} failed`] : [];
  }
  const values = valuesOf(items, step, { database });
  const isWhole = items.length === total && items.every(({ status }) => status === "COMPLETED" || status === "FAILED");
  const expected = items.map((item) => outputOf(item, node, { lived, database }));
  const output = database.output({ runId: step.runId, stepKey: step.key });
  return [
    ...(isWhole ? [] : [`COMPLETED with ${items.length} of ${total} items, not all of them done`]),
    ...(hasValues(values, node) ? [] : [`with the items ${JSON.stringify(values)}, its recipe has others`]),
    ...(failed <= tolerated ? [] : [`COMPLETED, and ${failed} items failed`]),
    ...(isDeepStrictEqual(output, expected)
      ? []
      : [`with the output ${JSON.stringify(output)}, its items have ${JSON.stringify(expected)}`]),
  ];
}

function valuesOf(
  items: readonly Step[],
  { runId, key }: Step,
  { database }: Pick<Outside, "database">,
): readonly unknown[] {
  return items.map(({ position }) => database.item({ runId, stepKey: key, index: position }));
}

/** A list that is written out is known. */
function hasValues(values: readonly unknown[], { with: written }: ForeachNode): boolean {
  return !Array.isArray(written) || isDeepStrictEqual(values, written);
}

interface Kept extends Pick<Outside, "database"> {
  readonly lived: LivedRun;
}

function outputOf(item: Step, { body }: ForeachNode, { lived, database }: Kept): Json {
  if (item.status === "FAILED") {
    return { error: { code: item.error.code, message: item.error.message } };
  }
  const inner = lived.steps.find((one) => one.key === innerKeyOf(item.key, body.outputNode));
  return inner?.status === "COMPLETED" ? (database.output({ runId: inner.runId, stepKey: inner.key }) ?? null) : null;
}
