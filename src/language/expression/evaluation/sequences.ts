import type { Evaluation } from "./evaluation.ts";
import { entriesOf, isObject, isPlainList, List, memberOf, sequenceOf, unwrap, type Value } from "./values.ts";

/** Gathers what the step of a path gives for each of its items into one list. */
export class Gatherer {
  readonly #run: Evaluation;
  readonly items: Value[] = [];
  #only: Value = undefined;
  #count = 0;

  constructor(run: Evaluation) {
    this.#run = run;
    run.makeEntries(0);
  }

  /** Adds what a step gave: the entries of a list one by one, nothing for nothing. */
  add(value: Value): void {
    if (value === undefined) {
      return;
    }
    this.#count += 1;
    this.#only = value;
    if (isPlainList(value)) {
      this.#addAll(value);
    } else if (value instanceof List && value.isSequence) {
      this.#addAll(value.items);
    } else {
      this.#run.addEntry();
      this.items.push(value);
    }
  }

  /** Gives the list. After the last step, a list that is all there is stays as it was. */
  finish(isLast: boolean): Value {
    if (isLast && this.#count === 1) {
      const only = this.#only;
      if (isPlainList(only) || (only instanceof List && !only.isSequence)) {
        return only;
      }
    }
    return sequenceOf(this.items);
  }

  #addAll(values: readonly Value[]): void {
    this.#run.addEntries(values.length);
    const { items } = this;
    for (const value of values) {
      items.push(value);
    }
  }
}

/**
 * Reads a member of a value: of an object, or of each object in a list and the lists in it.
 *
 * @param run - What pays.
 * @param value - Any value.
 * @param name - The member.
 * @param depth - How many lists it is in.
 * @returns The member; for a list, a sequence of all of them; undefined when there is none.
 */
export function readMember(run: Evaluation, value: Value, name: string, depth = 0): Value {
  if (isObject(value)) {
    return memberOf(value, name);
  }
  const entries = entriesOf(value);
  if (entries === null) {
    return undefined;
  }
  run.refuseDepth(depth);
  run.makeEntries(0);
  run.spend(entries.length);
  const found: Value[] = [];
  for (const entry of entries) {
    const member = readMember(run, entry, name, depth + 1);
    const members = entriesOf(member);
    if (members !== null) {
      run.addEntries(members.length);
      for (const each of members) {
        found.push(each);
      }
    } else if (member !== undefined) {
      run.addEntry();
      found.push(member);
    }
  }
  return sequenceOf(found);
}

/**
 * Reads a member of each item: the step of a path that is a name.
 *
 * @param run - What pays.
 * @param items - The items.
 * @param name - The member.
 * @param isLast - Whether it is the last step.
 * @returns The list of the members.
 */
export function readMembers(run: Evaluation, items: readonly Value[], name: string, isLast: boolean): Value {
  const gatherer = new Gatherer(run);
  run.spend(items.length);
  for (const item of items) {
    gatherer.add(isObject(item) ? memberOf(item, name) : unwrap(readMember(run, item, name)));
  }
  return gatherer.finish(isLast);
}

/**
 * Joins two values into a list.
 *
 * @param run - What pays.
 * @param first - Any value; a list is taken entry by entry.
 * @param second - The same.
 * @returns The list; one of the two when the other is nothing.
 */
export function appendValues(run: Evaluation, first: Value, second: Value): Value {
  if (first === undefined || second === undefined) {
    return first === undefined ? second : first;
  }
  const left = entriesOf(first) ?? [first];
  const right = entriesOf(second) ?? [second];
  run.makeEntries(left.length + right.length);
  return [...left, ...right];
}
