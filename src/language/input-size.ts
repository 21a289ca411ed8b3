import type { Json } from "../domain/json.ts";

const DEPTH_MAX = 64;
const CHARACTERS_MAX = 1024 * 1024;

/**
 * Tells whether an input can be walked in bounded time and space.
 *
 * @param input - Any JSON; parts that are shared count as often as they are reached.
 * @returns False when it is deeper than 64 levels, longer than 1 MiB of text, or has names with half of a surrogate
 *   pair, which no pointer can spell.
 */
export function isMeasurable(input: Json): boolean {
  const size = { characterCount: 0, isRefused: false };
  addTo(size, input, 0);
  return !size.isRefused;
}

interface Size {
  characterCount: number;
  isRefused: boolean;
}

function addTo(size: Size, value: Json, depth: number): void {
  size.characterCount += typeof value === "string" ? value.length : 2;
  size.isRefused ||= depth > DEPTH_MAX || size.characterCount > CHARACTERS_MAX;
  if (typeof value === "object" && value !== null) {
    addMembers(size, Object.entries(value), depth);
  }
}

function addMembers(size: Size, members: readonly (readonly [string, Json])[], depth: number): void {
  for (const [name, member] of members) {
    size.isRefused ||= !name.isWellFormed();
    if (size.isRefused) {
      return;
    }
    size.characterCount += name.length;
    addTo(size, member, depth + 1);
  }
}

/** How much there is in a value. */
export interface JsonSize {
  /** Scalars, lists and objects. */
  readonly valueCount: number;
  /** Of texts and names. */
  readonly characterCount: number;
}

/**
 * Counts what is in a value.
 *
 * @param value - Any JSON of bounded size and depth; parts that are shared count as often as they are reached.
 * @returns The counts.
 */
export function measureJson(value: Json): JsonSize {
  if (typeof value !== "object" || value === null) {
    return { valueCount: 1, characterCount: typeof value === "string" ? value.length : 0 };
  }
  let [valueCount, characterCount] = [1, 0];
  for (const [name, member] of Object.entries(value)) {
    const size = measureJson(member);
    valueCount += size.valueCount;
    characterCount += size.characterCount + (Array.isArray(value) ? 0 : name.length);
  }
  return { valueCount, characterCount };
}
