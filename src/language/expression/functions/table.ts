import { NativeFunction } from "../evaluation/function-values.ts";
import { parseSignature } from "../syntax/signature.ts";
import { DATE_FUNCTIONS } from "./dates.ts";
import { ENCODING_FUNCTIONS } from "./encodings.ts";
import { LIST_FUNCTIONS } from "./lists.ts";
import { NUMBER_FUNCTIONS } from "./numbers.ts";
import { OBJECT_FUNCTIONS } from "./objects.ts";
import { PATTERN_FUNCTIONS } from "./patterns.ts";
import { REPEATING_FUNCTIONS } from "./repeating.ts";
import { TEXT_FUNCTIONS } from "./texts.ts";
import { VALUE_FUNCTIONS } from "./values.ts";

const DEFINITIONS = [
  ...TEXT_FUNCTIONS,
  ...PATTERN_FUNCTIONS,
  ...NUMBER_FUNCTIONS,
  ...LIST_FUNCTIONS,
  ...OBJECT_FUNCTIONS,
  ...REPEATING_FUNCTIONS,
  ...VALUE_FUNCTIONS,
  ...DATE_FUNCTIONS,
  ...ENCODING_FUNCTIONS,
];

const FUNCTIONS: ReadonlyMap<string, NativeFunction> = new Map(
  DEFINITIONS.map(({ name, signature, arity, run }) => {
    const parsed = parseSignature(signature, 0);
    return [name, new NativeFunction(name, parsed, arity ?? parsed.parameters.length, run)];
  }),
);

/** The names of all functions, without `$`. */
export const FUNCTION_NAMES: readonly string[] = [...FUNCTIONS.keys()];

/**
 * Finds a function of the library.
 *
 * @param name - Its name, without `$`.
 * @returns The function; undefined when there is none.
 */
export function findFunction(name: string): NativeFunction | undefined {
  return FUNCTIONS.get(name);
}
