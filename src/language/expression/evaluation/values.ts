import { TYPE } from "../syntax/signature.ts";

/** What an expression works with. Only what is made here is more than data: no JSON can pose as it. */
export type Value = undefined | null | boolean | number | string | PlainList | PlainObject | Marked;

/** A list of the input, or one that an expression wrote out. */
export type PlainList = readonly Value[];

/** An object of the input, or one that an expression wrote out. Read it with `memberOf`: names are data. */
export interface PlainObject {
  readonly [name: string]: Value;
}

/** What data cannot be: lists that know how they came about, functions, and what paths hand on. */
export abstract class Marked {
  /** Tells it from objects of data: a type of TypeScript's only, so nothing is stored. */
  declare readonly isMarked: true;
}

/** A list that JSONata treats in a way of its own. */
export class List extends Marked {
  readonly items: readonly Value[];
  /** Whether it is the result of a path or a function, so that one of a single item is that item; else a list written in a path, which stays one. */
  readonly isSequence: boolean;
  /** Whether it stays a list when it has a single item. */
  readonly keepsList: boolean;

  constructor(items: readonly Value[], isSequence: boolean, keepsList: boolean) {
    super();
    this.items = items;
    this.isSequence = isSequence;
    this.keepsList = keepsList;
  }
}

/**
 * Makes the result of a path or a function out of its items.
 *
 * @param items - The items; they are not copied.
 * @returns The sequence.
 */
export function sequenceOf(items: readonly Value[]): List {
  return new List(items, true, false);
}

/**
 * Takes a sequence for what it stands for: nothing when it is empty, its item when there is one.
 *
 * @param value - Any value.
 * @returns The value of an expression.
 */
export function unwrap(value: Value): Value {
  if (!(value instanceof List) || !value.isSequence) {
    return value;
  }
  const { items } = value;
  return items.length === 0 ? undefined : items.length === 1 && !value.keepsList ? items[0] : value;
}

/**
 * The same, for an expression that `[]` follows: a single item stays a list.
 *
 * @param value - Any value.
 * @returns The value of the expression.
 */
export function unwrapKept(value: Value): Value {
  if (!(value instanceof List) || !value.isSequence) {
    return value;
  }
  return value.items.length === 0 ? undefined : value.keepsList ? value : new List(value.items, true, true);
}

/**
 * Gives the entries of a list.
 *
 * @param value - Any value.
 * @returns Its entries; null when it is no list.
 */
export function entriesOf(value: Value): readonly Value[] | null {
  return isPlainList(value) ? value : value instanceof List ? value.items : null;
}

/**
 * Tells whether a value is a list that carries no mark.
 *
 * @param value - Any value.
 * @returns Whether it is.
 */
export function isPlainList(value: Value): value is PlainList {
  return Array.isArray(value);
}

/**
 * Tells whether a value is an object, and neither a list nor a function.
 *
 * @param value - Any value.
 * @returns Whether it has members.
 */
export function isObject(value: Value): value is PlainObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Marked);
}

/**
 * Reads a member of an object. Own members only: `constructor` and `__proto__` are names like any other.
 *
 * @param object - The object.
 * @param name - The name.
 * @returns The member; undefined when there is none.
 */
export function memberOf(object: PlainObject, name: string): Value {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** An object that is being made. */
export type OpenObject = Record<string, Value>;

/**
 * Sets a member of an object that is being made.
 *
 * @param object - The object.
 * @param name - Any name, `__proto__` too.
 * @param value - The member.
 */
export function setMember(object: OpenObject, name: string, value: Value): void {
  if (name === "__proto__") {
    Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
  } else if (isNumberLike(name) && !Object.hasOwn(object, name) && !Object.hasOwn(object, LAST_INDEX)) {
    setIndexed(object, name, value);
  } else {
    object[name] = value;
  }
}

/** The largest name that engines take for the index of a list. */
const LAST_INDEX = "4294967294";

/**
 * Names that are numbers make engines keep members as a list, with room for all the indexes before: 12 KB for a single
 * `1000`. Once there was an index as far away as can be, they keep a table.
 */
function setIndexed(object: OpenObject, name: string, value: Value): void {
  object[LAST_INDEX] = undefined;
  object[name] = value;
  if (name !== LAST_INDEX) {
    delete object[LAST_INDEX];
  }
}

/**
 * Tells whether a name may be a number, which engines keep in a way of their own.
 *
 * @param name - Any name.
 * @returns Whether it begins with a digit.
 */
export function isNumberLike(name: string): boolean {
  const code = name.charCodeAt(0);
  return code >= 48 && code <= 57;
}

/**
 * Gives the type of a value, as signatures see it.
 *
 * @param value - Any value.
 * @returns One of `TYPE`.
 */
export function typeOf(value: Value): number {
  switch (typeof value) {
    case "undefined":
      return TYPE.missing;
    case "string":
      return TYPE.text;
    case "number":
      return TYPE.number;
    case "boolean":
      return TYPE.boolean;
    case "object":
      return value === null ? TYPE.null : typeOfObject(value);
    case "function":
    case "symbol":
    case "bigint":
      return 0;
  }
}

function typeOfObject(value: object): number {
  if (Array.isArray(value)) {
    return TYPE.list;
  }
  if (value instanceof Marked) {
    return value instanceof List ? TYPE.list : TYPE.function;
  }
  return TYPE.object;
}
