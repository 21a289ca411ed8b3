import { applyFunction, FunctionValue, type Evaluation } from "../evaluation/evaluation.ts";
import { isTrue } from "../evaluation/truth.ts";
import { entriesOf, sequenceOf, type Value } from "../evaluation/values.ts";
import { failureOf } from "../expression-error.ts";
import type { FunctionDefinition } from "./definition.ts";

/** Functions that call a function for each entry of a list. */
export const REPEATING_FUNCTIONS: readonly FunctionDefinition[] = [
  { name: "map", signature: "<af>", run: map },
  { name: "filter", signature: "<af>", run: filter },
  { name: "single", signature: "<af?>", run: findSingle },
  { name: "reduce", signature: "<afj?:j>", run: reduce },
];

/** A function that takes fewer arguments is given fewer: the value, its position, the list. */
function visitEntry(run: Evaluation, visit: FunctionValue, entries: Value, index: number): Value {
  run.spend(2);
  const list = entriesOf(entries) ?? [];
  const args =
    visit.arity >= 3 ? [list[index], index, entries] : visit.arity === 2 ? [list[index], index] : [list[index]];
  return applyFunction(run, visit, args, undefined);
}

function map(run: Evaluation, [list, visit]: readonly Value[]): Value {
  const entries = entriesOf(list);
  if (entries === null || !(visit instanceof FunctionValue)) {
    return undefined;
  }
  run.makeEntries(0);
  const made: Value[] = [];
  for (let index = 0; index < entries.length; index += 1) {
    const result = visitEntry(run, visit, list, index);
    if (result !== undefined) {
      run.addEntry();
      made.push(result);
    }
  }
  return sequenceOf(made);
}

function filter(run: Evaluation, [list, test]: readonly Value[]): Value {
  const entries = entriesOf(list);
  if (entries === null || !(test instanceof FunctionValue)) {
    return undefined;
  }
  run.makeEntries(0);
  const kept: Value[] = [];
  for (const [index, entry] of entries.entries()) {
    if (isTrue(run, visitEntry(run, test, list, index))) {
      run.addEntry();
      kept.push(entry);
    }
  }
  return sequenceOf(kept);
}

function findSingle(run: Evaluation, [list, test]: readonly Value[]): Value {
  const entries = entriesOf(list);
  if (entries === null) {
    return undefined;
  }
  let found: { readonly value: Value } | null = null;
  for (const [index, value] of entries.entries()) {
    run.spend(1);
    const isFound = !(test instanceof FunctionValue) || isTrue(run, visitEntry(run, test, list, index));
    if (isFound && found !== null) {
      throw failureOf("D3138", "more than one entry fits: make the condition narrower, or use $filter");
    }
    found = isFound ? { value } : found;
  }
  if (found === null) {
    throw failureOf("D3139", "no entry fits: exactly one must");
  }
  return found.value;
}

function reduce(run: Evaluation, [list, join, start]: readonly Value[]): Value {
  const entries = entriesOf(list);
  if (entries === null || !(join instanceof FunctionValue)) {
    return undefined;
  }
  if (join.arity < 2) {
    throw failureOf("D3050", "the function must take two arguments at least: what there is so far, and the next entry");
  }
  const isStarted = start !== undefined || entries.length === 0;
  let result = isStarted ? start : entries[0];
  for (let index = isStarted ? 0 : 1; index < entries.length; index += 1) {
    run.spend(2);
    result = applyFunction(
      run,
      join,
      [result, entries[index], index, list].slice(0, Math.min(4, join.arity)),
      undefined,
    );
  }
  return result;
}
