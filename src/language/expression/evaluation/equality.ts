import type { Evaluation } from "./evaluation.ts";
import { readNames } from "./names.ts";
import { entriesOf, isObject, memberOf, type PlainObject, type Value } from "./values.ts";

/**
 * Tells whether two values are equal: lists entry by entry, objects member by member in any order.
 *
 * @param run - What pays.
 * @param left - Any value.
 * @param right - Any value.
 * @param depth - How many lists and objects they are in.
 * @returns Whether they are; functions are equal to themselves only.
 */
export function areEqual(run: Evaluation, left: Value, right: Value, depth = 0): boolean {
  if (typeof left === "string" && typeof right === "string") {
    if (left.length !== right.length) {
      return false;
    }
    run.compareText(left.length);
    return left === right;
  }
  if (left === right) {
    return true;
  }
  const [leftEntries, rightEntries] = [entriesOf(left), entriesOf(right)];
  if (leftEntries !== null && rightEntries !== null) {
    run.refuseDepth(depth);
    return areEntriesEqual(run, leftEntries, rightEntries, depth);
  }
  if (isObject(left) && isObject(right)) {
    run.refuseDepth(depth);
    return areMembersEqual(run, left, right, depth);
  }
  return false;
}

const ENTRY_COST = 0.17;

function areEntriesEqual(run: Evaluation, left: readonly Value[], right: readonly Value[], depth: number): boolean {
  if (left.length !== right.length) {
    return false;
  }
  for (let index = 0; index < left.length; index += 1) {
    run.spend(ENTRY_COST);
    if (!areEqual(run, left[index], right[index], depth + 1)) {
      return false;
    }
  }
  return true;
}

function areMembersEqual(run: Evaluation, left: PlainObject, right: PlainObject, depth: number): boolean {
  const names = readNames(run, left);
  if (names.length !== readNames(run, right).length) {
    return false;
  }
  return names.every((name) => {
    run.spend(1);
    return Object.hasOwn(right, name) && areEqual(run, memberOf(left, name), memberOf(right, name), depth + 1);
  });
}
