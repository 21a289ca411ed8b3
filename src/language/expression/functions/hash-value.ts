import type { Evaluation } from "../evaluation/evaluation.ts";
import { readNames } from "../evaluation/names.ts";
import { entriesOf, isObject, memberOf, type Value } from "../evaluation/values.ts";

/** What is looked at of a value: this many values in it, down to this many levels ... */
const VALUES_MAX = 24;
const LEVELS_MAX = 4;

/** ... this many characters at both ends of a text, and the names of objects with up to this many. */
const CHARACTERS_MAX = 64;
const NAMES_MAX = 64;

/**
 * Gives a short text that is the same for equal values, so that a list can be searched for one without comparing it with
 * every entry.
 *
 * @param run - What pays.
 * @param value - Any value.
 * @returns The text: what it is made of ends at the first values and the first characters.
 */
export function hashValue(run: Evaluation, value: Value): string {
  return new Hasher(run).hash(value, 0);
}

class Hasher {
  readonly #run: Evaluation;
  #valuesLeft = VALUES_MAX;

  constructor(run: Evaluation) {
    this.#run = run;
  }

  hash(value: Value, level: number): string {
    this.#run.spend(3.4);
    this.#valuesLeft -= 1;
    const entries = entriesOf(value);
    if (entries !== null) {
      const hashes = this.#isOpen(level)
        ? entries.slice(0, VALUES_MAX).map((entry) => this.#hashPart(entry, level))
        : [];
      return `[${entries.length}:${hashes.join(",")}]`;
    }
    return isObject(value) ? this.#hashObject(value, level) : hashScalar(value);
  }

  #hashObject(value: Readonly<Record<string, Value>>, level: number): string {
    const names = readNames(this.#run, value);
    if (names.length > NAMES_MAX || !this.#isOpen(level)) {
      return `{${names.length}}`;
    }
    this.#run.spend(names.length);
    const members = names
      .toSorted()
      .map((name) => `${hashScalar(name)}=${this.#hashPart(memberOf(value, name), level)}`);
    return `{${members.join(",")}}`;
  }

  #hashPart(value: Value, level: number): string {
    return this.#valuesLeft > 0 ? this.hash(value, level + 1) : "";
  }

  #isOpen(level: number): boolean {
    return level < LEVELS_MAX && this.#valuesLeft > 0;
  }
}

function hashScalar(value: Value): string {
  if (typeof value === "string") {
    return `"${value.length}:${value.slice(0, CHARACTERS_MAX)}:${value.slice(-CHARACTERS_MAX)}`;
  }
  return typeof value === "object" && value !== null ? "function" : String(value === 0 ? 0 : value);
}
