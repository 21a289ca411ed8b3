import { applyFunction, FunctionValue, type Evaluation } from "../evaluation/evaluation.ts";
import { readNames } from "../evaluation/names.ts";
import { readMember } from "../evaluation/sequences.ts";
import { isTrue } from "../evaluation/truth.ts";
import {
  entriesOf,
  isObject,
  memberOf,
  sequenceOf,
  setMember,
  type OpenObject,
  type Value,
} from "../evaluation/values.ts";
import type { FunctionDefinition } from "./definition.ts";

/** Functions of objects and their members. */
export const OBJECT_FUNCTIONS: readonly FunctionDefinition[] = [
  { name: "keys", signature: "<x-:a<s>>", run: (run, [value]) => listNames(run, value) },
  {
    name: "lookup",
    signature: "<x-s:x>",
    run: (run, [value, name]) => lookUp(run, value, name),
  },
  { name: "spread", signature: "<x-:a<o>>", run: (run, [value]) => spread(run, value) },
  { name: "merge", signature: "<a<o>:o>", run: (run, [list]) => merge(run, list) },
  { name: "each", signature: "<o-f:a>", run: (run, [object, visit]) => mapMembers(run, object, visit) },
  { name: "sift", signature: "<o-f?:o>", run: (run, [object, test]) => siftMembers(run, object, test) },
];

function lookUp(run: Evaluation, value: Value, name: Value): Value {
  if (typeof name !== "string") {
    return undefined;
  }
  run.compareText(name.length);
  return readMember(run, value, name);
}

function listNames(run: Evaluation, value: Value): Value {
  const names = findNames(run, value, 0);
  run.makeEntries(names.length);
  return sequenceOf([...names]);
}

/** The names of the objects in a list, and in the lists in it, each once. Those that are numbers come first, as in any object. */
function findNames(run: Evaluation, value: Value, depth: number): readonly string[] {
  if (isObject(value)) {
    return readNames(run, value);
  }
  const entries = entriesOf(value);
  if (entries === null) {
    return [];
  }
  run.refuseDepth(depth);
  run.openTable();
  const all: OpenObject = {};
  for (const entry of entries) {
    run.spend(2);
    for (const name of findNames(run, entry, depth + 1)) {
      if (!Object.hasOwn(all, name)) {
        run.makeMember(name);
        setMember(all, name, true);
      }
    }
  }
  return Object.keys(all);
}

function spread(run: Evaluation, value: Value): Value {
  const entries = entriesOf(value);
  if (entries === null && !isObject(value)) {
    return value;
  }
  run.makeEntries(0);
  const found: Value[] = [];
  spreadInto(run, found, value, 0);
  // Joining lists makes a plain one.
  return entries !== null && entries.length > 0 ? found : sequenceOf(found);
}

function spreadInto(run: Evaluation, found: Value[], value: Value, depth: number): void {
  if (isObject(value)) {
    for (const name of readNames(run, value)) {
      run.addEntry();
      run.openTable();
      run.makeMember(name);
      const single: OpenObject = {};
      setMember(single, name, memberOf(value, name));
      found.push(single);
    }
    return;
  }
  const entries = entriesOf(value);
  if (entries === null) {
    if (value !== undefined) {
      run.addEntry();
      found.push(value);
    }
    return;
  }
  run.refuseDepth(depth);
  for (const entry of entries) {
    run.spend(1);
    spreadInto(run, found, entry, depth + 1);
  }
}

function merge(run: Evaluation, list: Value): Value {
  const entries = entriesOf(list);
  if (entries === null) {
    return undefined;
  }
  run.openTable();
  const merged: OpenObject = {};
  for (const entry of entries) {
    run.spend(1);
    if (isObject(entry)) {
      for (const name of readNames(run, entry)) {
        run.makeMember(name);
        setMember(merged, name, memberOf(entry, name));
      }
    }
  }
  return merged;
}

function mapMembers(run: Evaluation, object: Value, visit: Value): Value {
  run.makeEntries(0);
  const made: Value[] = [];
  forEachMember(run, object, visit, (result) => {
    if (result !== undefined) {
      run.addEntry();
      made.push(result);
    }
  });
  return sequenceOf(made);
}

function siftMembers(run: Evaluation, object: Value, test: Value): Value {
  run.openTable();
  const kept: OpenObject = {};
  let count = 0;
  forEachMember(run, object, test, (result, name, member) => {
    if (isTrue(run, result)) {
      run.makeMember(name);
      setMember(kept, name, member);
      count += 1;
    }
  });
  return count === 0 ? undefined : kept;
}

function forEachMember(
  run: Evaluation,
  object: Value,
  visit: Value,
  take: (result: Value, name: string, member: Value) => void,
): void {
  if (!isObject(object) || !(visit instanceof FunctionValue)) {
    return;
  }
  for (const name of readNames(run, object)) {
    run.spend(2);
    const member = memberOf(object, name);
    const args = [member, name, object].slice(0, Math.max(1, visit.arity));
    take(applyFunction(run, visit, args, undefined), name, member);
  }
}
