import { OUTPUT_NODE_ID } from "../domain/plan/plan.ts";
import { STEPS_MAX } from "../language/limits.ts";
import type { Finding } from "../language/recipe-issue.ts";
import { suggestHint } from "../language/suggest.ts";
import { DEFINITIONS } from "../steps/registry.ts";
import { allSteps, type BlockOutline, type StepOutline } from "./outline.ts";
import { findCycles } from "./step-order.ts";

/** Most steps within one another. */
const NESTING_MAX = 4;

/** What is wrong with ids, order and what types ask for, and whether the order can be told. */
export interface StepsResult {
  readonly findings: readonly Finding[];
  /** False when an id is given twice, or steps wait for each other. */
  readonly isOrdered: boolean;
}

/**
 * Checks all steps of a recipe: ids are unique, `needs` names steps of the same block, no step waits for itself, and
 * there are not too many; and what their types ask for beyond the shape.
 *
 * @param root - The recipe's block.
 * @returns Findings with the codes `bad_id`, `duplicate_id`, `unknown_step`, `cycle`, `limit` and those of the types.
 */
export function validateSteps(root: BlockOutline): StepsResult {
  const steps = allSteps(root);
  const duplicates = findDuplicates(steps);
  // Which of two equal ids is meant cannot be told, so neither can the order.
  const cycles = duplicates.length > 0 ? [] : blocksOf(root).flatMap(describeCycles);
  return {
    findings: [
      ...duplicates,
      ...findTakenIds(steps),
      ...blocksOf(root).flatMap((block) => findUnknownNeeds(block, steps)),
      ...cycles,
      ...findTooMany(root, steps),
      ...checkTypes(steps),
    ],
    isOrdered: duplicates.length === 0 && cycles.length === 0,
  };
}

function blocksOf(block: BlockOutline): readonly BlockOutline[] {
  return [block, ...block.steps.flatMap((step) => (step.block === null ? [] : blocksOf(step.block)))];
}

function findDuplicates(steps: readonly StepOutline[]): readonly Finding[] {
  const seen = new Map<string, StepOutline>();
  return steps.flatMap((step): readonly Finding[] => {
    const { id, path } = step;
    const first = seen.get(id);
    if (first === undefined) {
      seen.set(id, step);
      return [];
    }
    const isNested = first.enclosing.length > 0 || step.enclosing.length > 0;
    const hint = isNested
      ? "give each step its own id: those inside of other steps count too"
      : "give each step its own id";
    return [{ code: "duplicate_id", path: [...path, "id"], message: `another step has the id \`${id}\``, hint }];
  });
}

/** What computes the output of a block is called after what holds the block, and the run holds the recipe's. */
function findTakenIds(steps: readonly StepOutline[]): readonly Finding[] {
  return steps
    .filter(({ id, block }) => block !== null && `${id}:output` === OUTPUT_NODE_ID)
    .map(({ id, path }) => {
      const message = `a step that holds others cannot be called \`${id}\``;
      return { code: "bad_id", path: [...path, "id"], message, hint: "give it another id" };
    });
}

function findUnknownNeeds(block: BlockOutline, all: readonly StepOutline[]): readonly Finding[] {
  const ids = block.steps.map(({ id }) => id);
  return block.steps.flatMap((step) =>
    step.needs.flatMap((need, index): readonly Finding[] => {
      if (!step.hasNeeds || ids.includes(need)) {
        return [];
      }
      const path = [...step.path, "needs", index];
      const elsewhere = all.find(({ id }) => id === need);
      if (elsewhere !== undefined) {
        const message = `\`${need}\` is a step of another block: \`needs\` names steps that run beside this one`;
        return [{ code: "unknown_step", path, message, hint: explainNeed(step, elsewhere) }];
      }
      const message = `there is no step \`${need.slice(0, 80)}\``;
      const others = ids.filter((id) => id !== step.id);
      return [{ code: "unknown_step", path, message, hint: suggestHint(need, others) }];
    }),
  );
}

function explainNeed(step: StepOutline, need: StepOutline): string {
  const shared = need.enclosing.findIndex((id, depth) => step.enclosing[depth] !== id);
  return shared === -1
    ? `put it into \`needs\` of \`${step.enclosing[need.enclosing.length] ?? ""}\``
    : `name \`${need.enclosing[shared] ?? ""}\`, which it is part of`;
}

function describeCycles({ steps }: BlockOutline): readonly Finding[] {
  return findCycles(steps).map((cycle) => {
    const path = steps.find(({ id }) => id === cycle[0])?.path ?? [];
    const way = cycle.join(" -> ");
    const message = `\`${String(cycle[0])}\` waits for itself: ${way}`;
    return { code: "cycle", path: [...path, "needs"], message, hint: "remove one of these from `needs`" };
  });
}

function findTooMany(root: BlockOutline, steps: readonly StepOutline[]): readonly Finding[] {
  const deep = steps.flatMap(({ path, enclosing, block }): readonly Finding[] => {
    if (block === null || enclosing.length !== NESTING_MAX) {
      return [];
    }
    const message = `steps are nested more than ${NESTING_MAX} deep here`;
    const hint = "make one list of the inner lists first, with a `transform`";
    return [{ code: "limit", path: [...path, "type"], message, hint }];
  });
  // More at the root the schema has found already.
  if (steps.length <= STEPS_MAX || root.steps.length > STEPS_MAX) {
    return deep;
  }
  const message = `the recipe has ${steps.length} steps, those inside of others counted, and may have ${STEPS_MAX}`;
  return [...deep, { code: "limit", path: ["steps"], message, hint: "make several workflows of it" }];
}

function checkTypes(steps: readonly StepOutline[]): readonly Finding[] {
  return [...DEFINITIONS].flatMap(([type, definition]) =>
    definition.check(
      steps
        .filter(({ step }) => step["type"] === type)
        .map(({ step, path }) => ({ parameters: step["with"], path: [...path, "with"] })),
    ),
  );
}
