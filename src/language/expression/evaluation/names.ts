import type { Evaluation } from "./evaluation.ts";
import type { PlainObject } from "./values.ts";

/**
 * Gives the names of an object's members. How many they are is not known before, so they are paid for right after: an
 * object can be no larger than the input or what was paid for.
 *
 * @param run - What pays.
 * @param object - The object.
 * @returns The names, in the order of the object.
 */
export function readNames(run: Evaluation, object: PlainObject): readonly string[] {
  const names = Object.keys(object);
  run.readNames(names.length);
  return names;
}
