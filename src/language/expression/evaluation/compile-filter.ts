import type { Node, Stage } from "../syntax/ast.ts";
import type { Compiler } from "./compiler.ts";
import type { Evaluation } from "./evaluation.ts";
import type { Code, Frame, Scope } from "./frames.ts";
import { isNumber, isTrue } from "./truth.ts";
import { entriesOf, isPlainList, List, sequenceOf, type Value } from "./values.ts";

/**
 * Gives the position that a filter with a fixed number means.
 *
 * @param node - The node of a filter.
 * @returns The number, rounded down; null when the filter is anything else.
 */
export function fixedPositionOf(node: Node): number | null {
  return node.kind === "literal" && typeof node.value === "number" ? Math.floor(node.value) : null;
}

/**
 * Chooses the items for which a filter gives something true, or their own position.
 *
 * @param run - What pays.
 * @param items - The items.
 * @param evaluate - Gives what the filter makes of an item.
 * @returns The items chosen; one as often as its position is given.
 */
export function chooseItems<Item>(
  run: Evaluation,
  items: readonly Item[],
  evaluate: (item: Item) => Value,
): readonly Item[] {
  run.makeEntries(0);
  const chosen: Item[] = [];
  for (const [index, item] of items.entries()) {
    run.spend(ITEM_COST);
    for (let left = countHits(run, evaluate(item), index, items.length); left > 0; left -= 1) {
      run.addEntry();
      chosen.push(item);
    }
  }
  return chosen;
}

const ITEM_COST = 0.3;

function countHits(run: Evaluation, result: Value, index: number, length: number): number {
  if (typeof result === "boolean") {
    return result ? 1 : 0;
  }
  if (isNumber(result)) {
    return isPosition(result, index, length) ? 1 : 0;
  }
  const entries = entriesOf(result);
  if (entries === null) {
    return isTrue(run, result) ? 1 : 0;
  }
  run.readEntries(entries.length * POSITION_WEIGHT);
  // An empty list is one of numbers: it names no position.
  return entries.every((entry) => isNumber(entry))
    ? entries.filter((entry) => isPosition(entry, index, length)).length
    : Number(isTrue(run, result));
}

/** Each is looked at twice: whether it is a number, and whether it is the position. */
const POSITION_WEIGHT = 1.3;

function isPosition(value: Value, index: number, length: number): boolean {
  const position = Math.floor(Number(value));
  return (position < 0 ? position + length : position) === index;
}

/**
 * Compiles the filters of a value, which see it whole.
 *
 * @param stages - The filters, in order.
 * @param scope - The variables that they see.
 * @param compiler - What compiles them.
 * @returns Code that takes the value as its input and gives what is left of it.
 */
export function compileFilters(stages: readonly Stage[], scope: Scope, compiler: Compiler): Code | null {
  const filters = stages.flatMap((stage) =>
    stage.kind === "filter" ? [compileFilter(stage.node, scope, compiler)] : [],
  );
  const [first, second] = filters;
  if (first === undefined || second === undefined) {
    return first ?? null;
  }
  return (run, frame, input) => {
    let value = input;
    for (const filter of filters) {
      value = filter(run, frame, value);
    }
    return value;
  };
}

function compileFilter(node: Node, scope: Scope, compiler: Compiler): Code {
  const position = fixedPositionOf(node);
  if (position !== null) {
    return (run, _frame, input) => {
      run.spend(1);
      return itemAt(input, position);
    };
  }
  const code = compiler.compile(node, scope);
  return (run, frame, input) => filterValue(run, frame, input, code);
}

function itemAt(input: Value, position: number): Value {
  const entries = entriesOf(input);
  const item = entries === null ? (position === 0 || position === -1 ? input : undefined) : entries.at(position);
  return isPlainList(item) || item instanceof List ? item : sequenceOf(item === undefined ? [] : [item]);
}

function filterValue(run: Evaluation, frame: Frame, input: Value, code: Code): Value {
  const items = entriesOf(input) ?? [input];
  return sequenceOf(chooseItems(run, items, (item) => code(run, frame, item)));
}
