import type { Evaluation } from "./evaluation.ts";

/**
 * Sorts a list, keeping the order of what is equal. Each comparison and each move is paid for.
 *
 * @param run - What pays.
 * @param items - The list; it is not changed.
 * @param isAfter - Whether the first belongs behind the second.
 * @returns A new list.
 */
export function sortStably<Item>(
  run: Evaluation,
  items: readonly Item[],
  isAfter: (left: Item, right: Item) => boolean,
): readonly Item[] {
  if (items.length <= 1) {
    return items;
  }
  const middle = Math.floor(items.length / 2);
  const left = sortStably(run, items.slice(0, middle), isAfter);
  const right = sortStably(run, items.slice(middle), isAfter);
  run.makeEntries(items.length * 2);
  const merged: Item[] = [];
  let [i, j] = [0, 0];
  for (;;) {
    const [first, second] = [left[i], right[j]];
    if (first === undefined || second === undefined) {
      return [...merged, ...left.slice(i), ...right.slice(j)];
    }
    run.spend(1);
    if (isAfter(first, second)) {
      merged.push(second);
      j += 1;
    } else {
      merged.push(first);
      i += 1;
    }
  }
}
