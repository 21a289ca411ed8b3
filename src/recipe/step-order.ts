/** What order is told by. */
export interface OrderedStep {
  readonly id: string;
  /** Ids that must be done first. */
  readonly needs: readonly string[];
}

/**
 * Finds which steps are done before each step begins.
 *
 * @param steps - The steps of a block; `needs` may form cycles and name steps that do not exist.
 * @returns For each id, the ids of all steps ordered before it, however far.
 */
export function findAncestors(steps: readonly OrderedStep[]): ReadonlyMap<string, ReadonlySet<string>> {
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
 * @param steps - The steps of a block.
 * @returns One path of ids for each cycle, beginning and ending with the step that is written first.
 */
export function findCycles(steps: readonly OrderedStep[]): readonly (readonly string[])[] {
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
