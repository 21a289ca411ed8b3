import { isJsonObject, type Json, type JsonObject } from "../domain/json.ts";
import type { RecipePath } from "../language/recipe-issue.ts";
import { findDefinition } from "../steps/registry.ts";

/** Steps that run together, as far as they can be read: those of the recipe, or those in the `with` of a step. */
export interface BlockOutline {
  /** In the order written, without those that have no usable id. */
  readonly steps: readonly StepOutline[];
  /** As written; undefined when there is none. */
  readonly output: Json | undefined;
  /** Where the object is that has the steps. */
  readonly path: RecipePath;
}

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
  /** Ids of the steps that it runs inside of, from the outermost. */
  readonly enclosing: readonly string[];
  /** The block that it holds, or null. */
  readonly block: BlockOutline | null;
}

/**
 * Reads a block of any shape, and those inside of it.
 *
 * @param holder - What has `steps` and maybe `output`: a recipe, or the `with` of a step.
 * @param path - Where that is.
 * @param enclosing - Ids of the steps around it, from the outermost.
 * @returns The block. A step without `needs` waits for the one written before it.
 */
export function outlineBlock(
  holder: JsonObject,
  path: RecipePath = [],
  enclosing: readonly string[] = [],
): BlockOutline {
  const steps: StepOutline[] = [];
  for (const [index, step] of readSteps(holder).entries()) {
    const id = isJsonObject(step) ? step["id"] : undefined;
    if (isJsonObject(step) && typeof id === "string") {
      const before = steps.at(-1);
      const written = step["needs"];
      const fallback = before === undefined ? [] : [before.id];
      const needs = Array.isArray(written) ? written.filter((need) => typeof need === "string") : fallback;
      const at = [...path, "steps", index];
      const inner = blockIn(step);
      const block = inner === null ? null : outlineBlock(inner, [...at, "with"], [...enclosing, id]);
      steps.push({ id, step, needs, path: at, hasNeeds: written !== undefined, enclosing, block });
    }
  }
  return { steps, output: holder["output"], path };
}

/**
 * Lists the steps of a block and of those inside of it.
 *
 * @param block - A block.
 * @returns Its steps in the order written, each before those inside of it.
 */
export function allSteps(block: BlockOutline): readonly StepOutline[] {
  return block.steps.flatMap((step) => [step, ...(step.block === null ? [] : allSteps(step.block))]);
}

/**
 * Reads the list of steps of a block.
 *
 * @param holder - What has `steps`, of any shape.
 * @returns The list; none when it is no list.
 */
export function readSteps(holder: JsonObject): readonly Json[] {
  const { steps } = holder;
  return Array.isArray(steps) ? steps : [];
}

/**
 * Finds the block that a step holds.
 *
 * @param step - A step of any shape.
 * @returns What has its steps, or null when it holds none.
 */
export function blockIn(step: JsonObject): JsonObject | null {
  const { type, with: parameters } = step;
  return findDefinition(type)?.holdsBlock === true && isJsonObject(parameters) ? parameters : null;
}

/** A part of a recipe that is evaluated, and where it is. */
export interface Template {
  readonly value: Json;
  readonly path: RecipePath;
}

/**
 * Lists the parts of a step's `with` whose expressions the step evaluates.
 *
 * @param step - A step of any shape.
 * @param path - Where it is.
 * @returns The parts; all of it for types that are not known.
 */
export function templatesOf(step: JsonObject, path: RecipePath): readonly Template[] {
  const { type, with: parameters = null } = step;
  const names = findDefinition(type)?.evaluated ?? null;
  if (names === null) {
    return [{ value: parameters, path: [...path, "with"] }];
  }
  return names.flatMap((name) => {
    const value = isJsonObject(parameters) ? parameters[name] : undefined;
    return value === undefined ? [] : [{ value, path: [...path, "with", name] }];
  });
}
