import { failureOf } from "../expression-error.ts";
import type { Evaluation } from "./evaluation.ts";
import { readNames } from "./names.ts";
import { isNumber } from "./truth.ts";
import { entriesOf, isObject, memberOf, type PlainObject, type Value } from "./values.ts";

/**
 * Writes a value as text.
 *
 * @param run - What pays.
 * @param value - Any value but nothing.
 * @param isIndented - Whether lists and objects take a line for each entry.
 * @returns Text as it is, nothing for functions, otherwise JSON with numbers of at most 15 digits.
 */
export function writeText(run: Evaluation, value: Value, isIndented = false): string {
  if (typeof value === "string") {
    return value;
  }
  if (typeof value === "number") {
    return writeNumber(run, value);
  }
  if (typeof value === "boolean" || value === null) {
    return String(value);
  }
  return entriesOf(value) !== null || isObject(value) ? new JsonWriter(run, isIndented).write(value) : "";
}

function writeNumber(run: Evaluation, value: number): string {
  if (!Number.isFinite(value)) {
    throw failureOf("D3001", "a number that is too large, or none, cannot be written as text");
  }
  if (Number.isInteger(value)) {
    return String(value);
  }
  run.spend(FRACTION_COST);
  return String(Number(value.toPrecision(15)));
}

const FRACTION_COST = 6;

const PART_COST = 1.4;

class JsonWriter {
  readonly #run: Evaluation;
  readonly #isIndented: boolean;
  readonly #parts: string[] = [];

  constructor(run: Evaluation, isIndented: boolean) {
    this.#run = run;
    this.#isIndented = isIndented;
  }

  write(value: Value): string {
    this.#writeValue(value, 0);
    const length = this.#parts.reduce((sum, part) => sum + part.length, 0);
    this.#run.makeText(length);
    return this.#parts.join("");
  }

  #add(part: string): void {
    // Each part is text that is made, and its place in the list of parts.
    this.#run.makeText(part.length);
    this.#run.spend(PART_COST);
    this.#parts.push(part);
  }

  #writeValue(value: Value, depth: number): void {
    const entries = entriesOf(value);
    if (entries !== null) {
      this.#run.refuseDepth(depth);
      this.#writeEntries(entries, depth);
    } else if (isObject(value)) {
      this.#run.refuseDepth(depth);
      this.#writeMembers(value, depth);
    } else {
      this.#add(this.#writeScalar(value));
    }
  }

  #writeScalar(value: Value): string {
    if (typeof value === "string") {
      this.#run.readText(value.length * 3.5);
      return JSON.stringify(value);
    }
    if (typeof value === "number") {
      return isNumber(value) ? writeNumber(this.#run, value) : "null";
    }
    return typeof value === "boolean" ? String(value) : value === null || value === undefined ? "null" : '""';
  }

  #writeEntries(entries: readonly Value[], depth: number): void {
    this.#add("[");
    entries.forEach((entry, index) => {
      this.#separate(index, depth + 1);
      this.#writeValue(entry, depth + 1);
    });
    this.#close("]", entries.length, depth);
  }

  #writeMembers(object: PlainObject, depth: number): void {
    this.#add("{");
    let count = 0;
    for (const name of readNames(this.#run, object)) {
      const member = memberOf(object, name);
      if (member !== undefined) {
        this.#separate(count, depth + 1);
        this.#add(`${JSON.stringify(name)}:${this.#isIndented ? " " : ""}`);
        this.#writeValue(member, depth + 1);
        count += 1;
      }
    }
    this.#close("}", count, depth);
  }

  #separate(index: number, depth: number): void {
    const comma = index === 0 ? "" : ",";
    if (this.#isIndented) {
      this.#add(`${comma}\n${"  ".repeat(depth)}`);
    } else if (comma !== "") {
      this.#parts.push(comma);
    }
  }

  #close(bracket: string, count: number, depth: number): void {
    this.#add(this.#isIndented && count > 0 ? `\n${"  ".repeat(depth)}${bracket}` : bracket);
  }
}
