import { failureOf } from "../expression-error.ts";
import type { SortStep } from "../syntax/ast.ts";
import { compileFilters } from "./compile-filter.ts";
import { compileApart, type Compiler } from "./compiler.ts";
import type { Evaluation } from "./evaluation.ts";
import type { Code, Frame, Scope } from "./frames.ts";
import { sortStably } from "./merge-sort.ts";
import type { Row } from "./rows.ts";
import { sequenceOf, type Value } from "./values.ts";

interface Term {
  readonly code: Code;
  readonly isDescending: boolean;
}

/** An item with what it is ordered by, as far as that was needed. */
interface Keyed<Item> {
  readonly item: Item;
  readonly keys: Value[];
}

/**
 * Compiles the order of a path.
 *
 * @param step - The step that orders.
 * @param scope - The variables in scope.
 * @param compiler - What compiles its terms.
 * @returns Code that gives a new list of the items.
 */
export function compileSort(
  step: SortStep,
  scope: Scope,
  compiler: Compiler,
): (run: Evaluation, frame: Frame, items: readonly Value[]) => Value {
  const terms = step.terms.map(({ node, isDescending }) => ({ code: compiler.compile(node, scope), isDescending }));
  const filters = compileFilters(step.stages, scope, compiler);
  const order = orderBy(terms, step.position);
  return (run, frame, items) => {
    const ordered = order<Value>(run, items, (code, item) => code(run, frame, item));
    const sorted = ordered.length <= 1 ? sequenceOf(ordered) : ordered;
    return filters === null ? sorted : filters(run, frame, sorted);
  };
}

/**
 * Compiles the order of a path with rows.
 *
 * @param step - The step that orders.
 * @param scope - The variables of the rows.
 * @param compiler - What compiles its terms.
 * @returns Code that gives a new list of the rows.
 */
export function compileRowSort(
  step: SortStep,
  scope: Scope,
  compiler: Compiler,
): (run: Evaluation, rows: readonly Row[]) => readonly Row[] {
  const terms = step.terms.map(({ node, isDescending }) => ({
    code: compileApart(node, scope, compiler),
    isDescending,
  }));
  const order = orderBy(terms, step.position);
  return (run, rows) => order<Row>(run, rows, (code, row) => code(run, row.frame, row.value));
}

type Order = <Item>(
  run: Evaluation,
  items: readonly Item[],
  evaluate: (code: Code, item: Item) => Value,
) => readonly Item[];

function orderBy(terms: readonly Term[], position: number): Order {
  return <Item>(run: Evaluation, items: readonly Item[], evaluate: (code: Code, item: Item) => Value) => {
    if (items.length <= 1) {
      return items;
    }
    const keyOf = (keyed: Keyed<Item>, index: number, { code }: Term): Value => {
      if (keyed.keys.length === index) {
        run.addEntry();
        keyed.keys.push(evaluate(code, keyed.item));
      }
      return keyed.keys[index];
    };
    run.allocate(items.length * 64);
    const keyed = items.map((item): Keyed<Item> => ({ item, keys: [] }));
    const isAfter = (left: Keyed<Item>, right: Keyed<Item>): boolean => {
      for (const [index, term] of terms.entries()) {
        const result = compareKeys(run, keyOf(left, index, term), keyOf(right, index, term), position);
        // What is missing comes last, whatever the direction.
        if (result !== 0) {
          return result === MISSING ? true : result === PRESENT ? false : result > 0 !== term.isDescending;
        }
      }
      return false;
    };
    return sortStably(run, keyed, isAfter).map(({ item }) => item);
  };
}

const MISSING = 2;
const PRESENT = -2;

function compareKeys(run: Evaluation, left: Value, right: Value, position: number): number {
  if (left === undefined || right === undefined) {
    return left === right ? 0 : left === undefined ? MISSING : PRESENT;
  }
  if (typeof left === "number" && typeof right === "number") {
    return compareSame(left, right);
  }
  if (typeof left === "string" && typeof right === "string") {
    run.orderText(Math.min(left.length, right.length));
    return compareSame(left, right);
  }
  const isOrdered = [left, right].every((key) => typeof key === "number" || typeof key === "string");
  throw isOrdered
    ? failureOf(
        "T2007",
        "an order cannot compare numbers with texts: make them the same with $string or $number",
        position,
      )
    : failureOf("T2008", "an order compares numbers or texts: choose a member that is one", position);
}

function compareSame<Key extends number | string>(left: Key, right: Key): number {
  return left === right ? 0 : left < right ? -1 : 1;
}
