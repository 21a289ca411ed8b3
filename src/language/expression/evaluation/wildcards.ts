import type { Evaluation } from "./evaluation.ts";
import { readNames } from "./names.ts";
import { entriesOf, isObject, memberOf, sequenceOf, type Value } from "./values.ts";

/**
 * Finds the members of an object: `*`. Lists among them are taken apart, with the lists in them.
 *
 * @param run - What pays.
 * @param input - Any value; the entries of a list are taken for its members.
 * @returns A sequence of the members; a plain list when there were lists among them.
 */
export function findMembers(run: Evaluation, input: Value): Value {
  const context = input === run.rootContext ? run.root : input;
  const members = isObject(context)
    ? readNames(run, context).map((name) => memberOf(context, name))
    : (entriesOf(context) ?? []);
  run.makeEntries(members.length);
  run.spend(members.length);
  const found: Value[] = [];
  let hasLists = false;
  for (const member of members) {
    if (entriesOf(member) !== null) {
      hasLists = true;
    }
    addFlat(run, found, member, 0);
  }
  return hasLists ? found : sequenceOf(found);
}

function addFlat(run: Evaluation, found: Value[], value: Value, depth: number): void {
  const entries = entriesOf(value);
  if (entries === null) {
    run.addEntry();
    found.push(value);
    return;
  }
  run.refuseDepth(depth);
  run.readEntries(entries.length);
  for (const entry of entries) {
    addFlat(run, found, entry, depth + 1);
  }
}

/**
 * Finds a value and all that is in it: `**`. Lists are taken apart.
 *
 * @param run - What pays.
 * @param input - Any value.
 * @returns A sequence; nothing for nothing.
 */
export function findDescendants(run: Evaluation, input: Value): Value {
  if (input === undefined) {
    return undefined;
  }
  run.makeEntries(0);
  const found: Value[] = [];
  addDescendants(run, found, input, 0);
  return sequenceOf(found);
}

function addDescendants(run: Evaluation, found: Value[], value: Value, depth: number): void {
  run.spend(1);
  run.refuseDepth(depth);
  const entries = entriesOf(value);
  if (entries === null) {
    run.addEntry();
    found.push(value);
  }
  const members = isObject(value) ? readNames(run, value).map((name) => memberOf(value, name)) : (entries ?? []);
  run.readEntries(members.length);
  for (const member of members) {
    addDescendants(run, found, member, depth + 1);
  }
}
