import { isJsonObject, type Json } from "../domain/json.ts";
import type { Finding } from "../language/recipe-issue.ts";
import { suggestHint } from "../language/suggest.ts";
import { findCycles, type StepOutline } from "./step-order.ts";

/**
 * Reads what the checks of order need out of steps of any shape. Steps without a usable id are left out.
 *
 * @param steps - The `steps` of a recipe, of any shape.
 * @returns Outlines in the order written. A step without `needs` waits for the one written before it.
 */
export function outlineSteps(steps: Json | undefined): readonly StepOutline[] {
  const outlines: StepOutline[] = [];
  const list: readonly Json[] = Array.isArray(steps) ? steps : [];
  for (const [index, step] of list.entries()) {
    const id = isJsonObject(step) ? step["id"] : undefined;
    if (isJsonObject(step) && typeof id === "string") {
      const before = outlines.at(-1);
      const written = step["needs"];
      const fallback = before === undefined ? [] : [before.id];
      const needs = Array.isArray(written) ? written.filter((need) => typeof need === "string") : fallback;
      outlines.push({ id, step, needs, path: ["steps", index], hasNeeds: written !== undefined });
    }
  }
  return outlines;
}

/**
 * Checks ids and order: ids are unique, `needs` names steps that exist, and no step waits for itself.
 *
 * @param steps - Outlines of all steps.
 * @returns Findings with the codes `duplicate_id`, `unknown_step` and `cycle`.
 */
export function validateOrder(steps: readonly StepOutline[]): readonly Finding[] {
  const duplicates = findDuplicates(steps);
  if (duplicates.length > 0) {
    // Which of two equal ids is meant cannot be told, so neither can the order.
    return [...duplicates, ...steps.flatMap((step) => findUnknownNeeds(step, steps))];
  }
  return [...steps.flatMap((step) => findUnknownNeeds(step, steps)), ...describeCycles(steps)];
}

function findDuplicates(steps: readonly StepOutline[]): readonly Finding[] {
  const seen = new Set<string>();
  return steps.flatMap(({ id, path }): readonly Finding[] => {
    if (!seen.has(id)) {
      seen.add(id);
      return [];
    }
    return [
      {
        code: "duplicate_id",
        path: [...path, "id"],
        message: `another step has the id \`${id}\``,
        hint: "give each step its own id",
      },
    ];
  });
}

function findUnknownNeeds(step: StepOutline, steps: readonly StepOutline[]): readonly Finding[] {
  if (!step.hasNeeds) {
    return [];
  }
  const ids = steps.map(({ id }) => id);
  return step.needs.flatMap((need, index): readonly Finding[] => {
    if (ids.includes(need)) {
      return [];
    }
    const others = ids.filter((id) => id !== step.id);
    return [
      {
        code: "unknown_step",
        path: [...step.path, "needs", index],
        message: `there is no step \`${need.slice(0, 80)}\``,
        hint: suggestHint(need, others),
      },
    ];
  });
}

function describeCycles(steps: readonly StepOutline[]): readonly Finding[] {
  return findCycles(steps).map((cycle) => {
    const path = steps.find(({ id }) => id === cycle[0])?.path ?? [];
    const way = cycle.join(" -> ");
    const message = `\`${String(cycle[0])}\` waits for itself: ${way}`;
    return { code: "cycle", path: [...path, "needs"], message, hint: "remove one of these from `needs`" };
  });
}
