import { areEqual } from "../evaluation/equality.ts";
import { applyFunction, FunctionValue, type Evaluation } from "../evaluation/evaluation.ts";
import { sortStably } from "../evaluation/merge-sort.ts";
import { appendValues } from "../evaluation/sequences.ts";
import { entriesOf, List, sequenceOf, type Value } from "../evaluation/values.ts";
import { failureOf } from "../expression-error.ts";
import type { FunctionDefinition } from "./definition.ts";
import { hashValue } from "./hash-value.ts";

/** Functions of lists. */
export const LIST_FUNCTIONS: readonly FunctionDefinition[] = [
  { name: "count", signature: "<a:n>", run: (_run, [list]) => entriesOf(list)?.length ?? 0 },
  { name: "append", signature: "<xx:a>", run: (run, [first, second]) => append(run, first, second) },
  {
    name: "reverse",
    signature: "<a:a>",
    run: (run, [list]) => rearrange(run, list, (entries) => entries.toReversed()),
  },
  {
    name: "shuffle",
    signature: "<a:a>",
    run: (run, [list]) => rearrange(run, list, (entries) => shuffle(run, entries)),
  },
  { name: "sort", signature: "<af?:a>", run: sort },
  { name: "distinct", signature: "<x:x>", run: (run, [list]) => findDistinct(run, list) },
  { name: "zip", signature: "<a+>", arity: 0, run: (run, lists) => zip(run, lists) },
];

/** A value that is joined with nothing stays what it is. */
function append(run: Evaluation, first: Value, second: Value): Value {
  return appendValues(run, first, second);
}

function rearrange(run: Evaluation, list: Value, change: (entries: readonly Value[]) => readonly Value[]): Value {
  const entries = entriesOf(list);
  if (entries === null || entries.length <= 1) {
    return list;
  }
  run.makeEntries(entries.length);
  return change(entries);
}

/** Each entry is put at a random place among those before it. */
function shuffle(run: Evaluation, entries: readonly Value[]): readonly Value[] {
  run.spend(entries.length);
  const shuffled: Value[] = [];
  for (const [index, entry] of entries.entries()) {
    const place = Math.floor(run.random() * (index + 1));
    shuffled.push(shuffled[place]);
    shuffled[place] = entry;
  }
  return shuffled;
}

function sort(run: Evaluation, [list, comparator]: readonly Value[]): Value {
  const entries = entriesOf(list);
  if (entries === null || entries.length <= 1) {
    return list;
  }
  const isAfter =
    comparator instanceof FunctionValue
      ? (left: Boxed, right: Boxed) => {
          run.spend(1);
          return isTruthy(applyFunction(run, comparator, [left.value, right.value], undefined));
        }
      : comparisonOf(run, entries);
  run.allocate(entries.length * 32);
  run.enter(SORT_LEVELS);
  const sorted = sortStably(
    run,
    entries.map((value): Boxed => ({ value })),
    isAfter,
  ).map(({ value }) => value);
  run.leave(SORT_LEVELS);
  return sorted;
}

/** It halves the list again and again. */
const SORT_LEVELS = 28;

/** So that an entry that is nothing is an entry all the same. */
interface Boxed {
  readonly value: Value;
}

/** As JavaScript takes it: the library does not ask what JSONata would. */
function isTruthy(value: Value): boolean {
  return Boolean(value);
}

function comparisonOf(run: Evaluation, entries: readonly Value[]): (left: Boxed, right: Boxed) => boolean {
  run.readEntries(entries.length);
  if (entries.every((entry) => typeof entry === "number")) {
    return (left, right) => Number(left.value) > Number(right.value);
  }
  if (!entries.every((entry) => typeof entry === "string")) {
    const message = "without a function it sorts a list of numbers or a list of texts: give it a function";
    throw failureOf("D3070", message);
  }
  return (left, right) => {
    const [first, second] = [textOf(left), textOf(right)];
    run.orderText(Math.min(first.length, second.length));
    return first > second;
  };
}

function textOf({ value }: Boxed): string {
  return typeof value === "string" ? value : "";
}

function findDistinct(run: Evaluation, list: Value): Value {
  const entries = entriesOf(list);
  if (entries === null || entries.length <= 1) {
    return list;
  }
  const buckets = new Map<string, Value[]>();
  run.makeEntries(0);
  const distinct: Value[] = [];
  for (const entry of entries) {
    if (addDistinct(run, buckets, entry)) {
      run.addEntry();
      distinct.push(entry);
    }
  }
  return list instanceof List && list.isSequence ? sequenceOf(distinct) : distinct;
}

/** Whether there was none like it yet. Those that only look alike are compared one by one. */
function addDistinct(run: Evaluation, buckets: Map<string, Value[]>, entry: Value): boolean {
  const hash = hashValue(run, entry);
  run.makeText(hash.length);
  const alike = buckets.get(hash);
  if (alike === undefined) {
    run.makeEntries(1);
    buckets.set(hash, [entry]);
    return true;
  }
  for (const each of alike) {
    run.spend(1);
    if (areEqual(run, each, entry)) {
      return false;
    }
  }
  run.addEntry();
  alike.push(entry);
  return true;
}

function zip(run: Evaluation, lists: readonly Value[]): Value {
  const all = lists.map((list) => entriesOf(list) ?? []);
  const length = Math.min(...all.map((entries) => entries.length));
  run.makeEntries(0);
  const zipped: Value[] = [];
  for (let index = 0; index < length; index += 1) {
    run.addEntry();
    run.makeEntries(all.length);
    zipped.push(all.map((entries) => entries[index]));
  }
  return zipped;
}
