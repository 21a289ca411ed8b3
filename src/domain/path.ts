import { InvariantError } from "./errors.ts";
import type { StepKey } from "./ids.ts";

/** One item that a path leads through. */
export interface ItemRef {
  /** Id of the `foreach` node. */
  readonly foreach: string;
  /** Place of the item in its list, from 0. */
  readonly index: number;
}

/**
 * Where a step is in its run. Its text is the step's key: `fetch`; `each[3]`, the item that holds what runs for it;
 * `each[3].resize`; `each[3].inner[0].x`; `run:output`.
 */
export interface StepPath {
  /** The items around the step, outermost first; empty for a step of the recipe itself. */
  readonly scope: readonly ItemRef[];
  /** Id of the plan node; of an item, that of its `foreach`. */
  readonly nodeId: string;
  /** Index of the item that the path names; null for every other step. */
  readonly item: number | null;
}

const NODE_ID = /^[A-Za-z_][A-Za-z0-9_]*(?::[a-z]+)?$/;
const SEGMENT = /^([A-Za-z_][A-Za-z0-9_]*(?::[a-z]+)?)(?:\[(0|[1-9]\d{0,5})\])?$/;

/**
 * Reads the path of a step.
 *
 * @param key - The key of a step.
 * @returns Its path, or null when the text is none.
 */
export function parsePath(key: string): StepPath | null {
  if (!key.includes("[")) {
    // Most steps are the recipe's own, and each report asks for its path.
    return NODE_ID.test(key) ? { scope: [], nodeId: key, item: null } : null;
  }
  const segments = key.split(".").map((text) => SEGMENT.exec(text));
  const scope: ItemRef[] = [];
  for (const segment of segments.slice(0, -1)) {
    const [, foreach, index] = segment ?? [];
    if (foreach === undefined || index === undefined) {
      return null;
    }
    scope.push({ foreach, index: Number(index) });
  }
  const [, nodeId, item] = segments.at(-1) ?? [];
  return nodeId === undefined ? null : { scope, nodeId, item: item === undefined ? null : Number(item) };
}

/**
 * Gives the path of a step that exists.
 *
 * @param key - The key of a step.
 * @returns Its path.
 * @throws InvariantError when the key was not made here.
 */
export function pathOf(key: StepKey): StepPath {
  const path = parsePath(key);
  if (path === null) {
    throw new InvariantError(`${key} is no path of a step`);
  }
  return path;
}

/**
 * Gives the key of a step in a scope.
 *
 * @param scope - The items around it, outermost first.
 * @param nodeId - The id of its node.
 * @returns Its key.
 */
export function keyIn(scope: readonly ItemRef[], nodeId: string): StepKey {
  const items = scope.map(({ foreach, index }) => `${foreach}[${index}].`);
  return `${items.join("")}${nodeId}` as StepKey;
}

/**
 * Gives the key of one item.
 *
 * @param foreachKey - The key of a `foreach` step.
 * @param index - Place of the item, from 0.
 * @returns The item's key.
 */
export function itemKeyOf(foreachKey: StepKey, index: number): StepKey {
  return `${foreachKey}[${index}]` as StepKey;
}

/**
 * Gives the key of a step in the same block instance as another.
 *
 * @param key - The key of a step that is no item.
 * @param nodeId - The id of the other's node.
 * @returns The other's key.
 */
export function siblingOf(key: StepKey, nodeId: string): StepKey {
  return `${key.slice(0, key.lastIndexOf(".") + 1)}${nodeId}` as StepKey;
}

/**
 * Gives the key of a step in the block of an item.
 *
 * @param itemKey - The key of an item; null for the recipe itself.
 * @param nodeId - The id of the step's node.
 * @returns The step's key.
 */
export function innerKeyOf(itemKey: StepKey | null, nodeId: string): StepKey {
  return (itemKey === null ? nodeId : `${itemKey}.${nodeId}`) as StepKey;
}

/**
 * Gives what holds a step: of `each[3].resize` the item `each[3]`, of an item its `foreach`.
 *
 * @param key - The key of a step.
 * @returns The container's key; null for a step of the recipe itself, which the run holds.
 */
export function containerOf(key: StepKey): StepKey | null {
  const end = key.endsWith("]") ? key.lastIndexOf("[") : key.lastIndexOf(".");
  return end === -1 ? null : (key.slice(0, end) as StepKey);
}

/**
 * Gives the `foreach` of an item.
 *
 * @param itemKey - The key of an item.
 * @returns The key of its `foreach`.
 */
export function foreachKeyOf(itemKey: StepKey): StepKey {
  return itemKey.slice(0, itemKey.lastIndexOf("[")) as StepKey;
}

/**
 * Gives all that holds a step, innermost first: of `each[3].resize` `each[3]` and `each`.
 *
 * @param key - The key of a step.
 * @returns Keys; none for a step of the recipe itself.
 */
export function containersOf(key: StepKey): readonly StepKey[] {
  const containers: StepKey[] = [];
  for (let next = containerOf(key); next !== null; next = containerOf(next)) {
    containers.push(next);
  }
  return containers;
}

/**
 * Gives the item whose block a step belongs to.
 *
 * @param key - The key of a step.
 * @returns The `foreach` and the item's place in its list; null for a step of the recipe itself.
 */
export function itemPlaceOf(key: StepKey): { readonly stepKey: StepKey; readonly index: number } | null {
  const itemKey = itemAround(key);
  const index = itemKey === null ? null : pathOf(itemKey).item;
  return itemKey === null || index === null ? null : { stepKey: foreachKeyOf(itemKey), index };
}

/**
 * Gives the item that holds a step in its block.
 *
 * @param key - The key of a step.
 * @returns The item's key; null for a step of the recipe itself, and for an item, which a `foreach` holds.
 */
export function itemAround(key: StepKey): StepKey | null {
  const container = containerOf(key);
  return container !== null && isItemKey(container) ? container : null;
}

/**
 * Tells whether a key names an item.
 *
 * @param key - The key of a step.
 * @returns Whether it holds the block of one item.
 */
export function isItemKey(key: StepKey): boolean {
  return key.endsWith("]");
}
