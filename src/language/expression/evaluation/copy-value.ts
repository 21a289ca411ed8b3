import { FunctionValue, type Evaluation } from "./evaluation.ts";
import { readNames } from "./names.ts";
import { entriesOf, isObject, memberOf, setMember, type OpenObject, type PlainObject, type Value } from "./values.ts";

/** A deep copy, and the objects in it, which may still be changed. */
export interface Copy {
  readonly value: Value;
  readonly openObjects: ReadonlyMap<PlainObject, OpenObject>;
}

/**
 * Copies a value deeply.
 *
 * @param run - What pays.
 * @param value - Any value; functions in it become empty texts, as they do in JSON.
 * @returns The copy.
 */
export function copyValue(run: Evaluation, value: Value): Copy {
  const openObjects = new Map<PlainObject, OpenObject>();
  return { value: copyDeep({ run, openObjects }, value, 0), openObjects };
}

interface Copying {
  readonly run: Evaluation;
  readonly openObjects: Map<PlainObject, OpenObject>;
}

const BYTES_PER_OPEN_OBJECT = 64;

function copyDeep(copying: Copying, value: Value, depth: number): Value {
  const { run, openObjects } = copying;
  const entries = entriesOf(value);
  if (entries !== null) {
    run.refuseDepth(depth);
    run.makeEntries(entries.length);
    run.spend(entries.length);
    return entries.map((entry) => copyDeep(copying, entry ?? null, depth + 1));
  }
  if (!isObject(value)) {
    return value instanceof FunctionValue ? "" : value;
  }
  run.refuseDepth(depth);
  const names = readNames(run, value);
  run.openTable();
  run.allocate(BYTES_PER_OPEN_OBJECT);
  const object: OpenObject = {};
  for (const name of names) {
    run.makeMember(name);
    setMember(object, name, copyDeep(copying, memberOf(value, name), depth + 1));
  }
  openObjects.set(object, object);
  return object;
}
