import { isJsonObject, type Json, type JsonObject } from "../domain/json.ts";
import type { Finding, RecipePath } from "../language/recipe-issue.ts";

/** What is left of a recipe after everything that is known but not supported yet was taken out. */
export interface SupportedPart {
  /** To be checked against the schema. Steps of unsupported types are missing; `stepIndexes` says where the others were. */
  readonly value: Json;
  /** For each step in `value`, its index as written. */
  readonly stepIndexes: readonly number[];
  readonly findings: readonly Finding[];
}

const TOP_LEVEL_KEYS = ["schedule", "finally"];
const STEP_KEYS = ["repeat", "undo"];
const STEP_TYPES = new Set(["wait", "foreach", "workflow", "fail"]);

/**
 * Takes out what the language names but this version does not execute.
 *
 * @param recipe - A parsed recipe, of any shape.
 * @returns The rest, and one `not_supported_yet` finding for each thing taken out.
 */
export function takeOutUnsupported(recipe: Json): SupportedPart {
  if (!isJsonObject(recipe)) {
    return { value: recipe, stepIndexes: [], findings: [] };
  }
  const findings = findKeys(recipe, TOP_LEVEL_KEYS, []);
  const { steps, ...rest } = omitKeys(recipe, TOP_LEVEL_KEYS);
  if (!Array.isArray(steps)) {
    return { value: omitKeys(recipe, TOP_LEVEL_KEYS), stepIndexes: [], findings };
  }
  const kept: Json[] = [];
  const stepIndexes: number[] = [];
  for (const [index, step] of readSteps(steps)) {
    findings.push(...findInStep(step, index));
    if (!isUnsupportedStep(step)) {
      kept.push(isJsonObject(step) ? omitKeys(step, STEP_KEYS) : step);
      stepIndexes.push(index);
    }
  }
  return { value: { ...rest, steps: kept }, stepIndexes, findings };
}

/**
 * Tells whether a step is of a type that the language names but this version does not execute.
 *
 * @param step - A step, of any shape.
 * @returns Whether its type is known and unsupported.
 */
export function isUnsupportedStep(step: Json): boolean {
  return unsupportedTypeOf(step) !== null;
}

function unsupportedTypeOf(step: Json): string | null {
  const type = isJsonObject(step) ? step["type"] : undefined;
  return typeof type === "string" && STEP_TYPES.has(type) ? type : null;
}

function readSteps(steps: readonly Json[]): readonly [number, Json][] {
  return steps.map((step, index) => [index, step]);
}

function findInStep(step: Json, index: number): readonly Finding[] {
  if (!isJsonObject(step)) {
    return [];
  }
  const path = ["steps", index];
  const type = unsupportedTypeOf(step);
  const inType = type === null ? [] : [describeUnsupported(`step type \`${type}\``, [...path, "type"], false)];
  return [...inType, ...findKeys(step, STEP_KEYS, path)];
}

function findKeys(object: JsonObject, keys: readonly string[], path: RecipePath): Finding[] {
  return keys.filter((key) => key in object).map((key) => describeUnsupported(`\`${key}\``, [...path, key], true));
}

function describeUnsupported(what: string, path: RecipePath, onKey: boolean): Finding {
  const message = `${what} is not supported yet`;
  return { code: "not_supported_yet", path, onKey, message, hint: "leave it out for now" };
}

function omitKeys(object: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}
