import type { JsonObject } from "../domain/json.ts";
import type { RecipePath } from "../language/recipe-issue.ts";

/** A step as the checks see it: whatever of it could be read, even when its shape is wrong. */
export interface StepOutline {
  readonly id: string;
  /** As written. */
  readonly step: JsonObject;
  /** Ids that must be done first, the step before as written filled in. */
  readonly needs: readonly string[];
  /** Where the step is in the recipe. */
  readonly path: RecipePath;
  /** Whether `needs` is written in the recipe. */
  readonly hasNeeds: boolean;
}

/**
 * Finds which steps are done before each step begins.
 *
 * @param steps - All steps; `needs` may form cycles and name steps that do not exist.
 * @returns For each id, the ids of all steps ordered before it, however far.
 */
export function findAncestors(steps: readonly StepOutline[]): ReadonlyMap<string, ReadonlySet<string>> {
  const needsById = new Map(steps.map((step) => [step.id, step.needs]));
  return new Map(steps.map((step) => [step.id, collectAncestors(step.id, needsById)]));
}

function collectAncestors(id: string, needsById: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [...(needsById.get(id) ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (!found.has(next) && needsById.has(next)) {
      found.add(next);
      open.push(...(needsById.get(next) ?? []));
    }
  }
  return found;
}

/**
 * Finds steps that wait for themselves.
 *
 * @param steps - All steps.
 * @returns One path of ids for each cycle, beginning and ending with the step that is written first.
 */
export function findCycles(steps: readonly StepOutline[]): readonly (readonly string[])[] {
  const needsById = new Map(steps.map((step) => [step.id, step.needs]));
  const ancestors = findAncestors(steps);
  const reported = new Set<string>();
  const cycles: (readonly string[])[] = [];
  for (const { id } of steps) {
    if (!reported.has(id) && ancestors.get(id)?.has(id) === true) {
      const cycle = findWayBack(id, needsById);
      cycle.forEach((member) => reported.add(member));
      cycles.push(cycle);
    }
  }
  return cycles;
}

/** The shortest way along `needs` from a step back to itself. */
function findWayBack(id: string, needsById: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const cameFrom = new Map<string, string>();
  const queue = [id];
  for (const current of queue) {
    for (const next of needsById.get(current) ?? []) {
      if (next === id) {
        return [id, ...traceBack(current, id, cameFrom), id];
      }
      if (!cameFrom.has(next)) {
        cameFrom.set(next, current);
        queue.push(next);
      }
    }
  }
  return [id, id];
}

function traceBack(from: string, id: string, cameFrom: ReadonlyMap<string, string>): readonly string[] {
  const way: string[] = [];
  for (
    let current: string | undefined = from;
    current !== undefined && current !== id;
    current = cameFrom.get(current)
  ) {
    way.unshift(current);
  }
  return way;
}
