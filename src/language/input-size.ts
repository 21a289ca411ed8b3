import type { Json } from "../domain/json.ts";

const DEPTH_MAX = 64;
const CHARACTERS_MAX = 1024 * 1024;

/**
 * Counts the values of an input.
 *
 * @param input - Any JSON; parts that are shared count as often as they are reached.
 * @returns How many scalars, lists and objects; null when it is deeper than 64 levels, longer than 1 MiB of text, or has
 *   names with half of a surrogate pair, which no pointer can spell.
 */
export function measureInput(input: Json): number | null {
  const size = { valueCount: 0, characterCount: 0, isRefused: false };
  addTo(size, input, 0);
  return size.isRefused ? null : size.valueCount;
}

interface Size {
  valueCount: number;
  characterCount: number;
  isRefused: boolean;
}

function addTo(size: Size, value: Json, depth: number): void {
  size.valueCount += 1;
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
