import type { PathNode, SortStep, Stage, ValueStep } from "../syntax/ast.ts";
import { chooseItems, fixedPositionOf } from "./compile-filter.ts";
import { compileRowSort } from "./compile-sort.ts";
import { compileApart, type Compiler } from "./compiler.ts";
import { findGivenNames, findRowNames, firstRowOf } from "./declared-names.ts";
import type { Evaluation } from "./evaluation.ts";
import { openFrame, Scope, type Code, type Frame } from "./frames.ts";
import { copyRow, RowStream, type Row } from "./rows.ts";
import { entriesOf, type Value } from "./values.ts";

/** A step of a path with rows, compiled. */
type RowStepCode = (run: Evaluation, rows: readonly Row[]) => readonly Row[];

/** The part of a path that has rows, compiled. */
export interface RowCode {
  /** Makes rows of values, without any variable yet. */
  readonly open: (run: Evaluation, frame: Frame, items: readonly Value[]) => readonly Row[];
  /** Gives the rows that come of the steps. */
  readonly walk: RowStepCode;
  /** The variables of the rows. */
  readonly rowScope: Scope;
}

/**
 * Compiles the steps of a path from the first one that has rows.
 *
 * @param path - The path.
 * @param scope - The variables in scope.
 * @param compiler - What compiles its parts.
 * @returns The code.
 */
export function compileRows(path: PathNode, scope: Scope, compiler: Compiler): RowCode {
  const rowScope = new Scope(scope, findRowNames(path));
  const width = rowScope.names.size;
  const steps = path.steps
    .slice(firstRowOf(path))
    .map((step) =>
      step.kind === "sort" ? compileSortStep(step, rowScope, compiler) : compileRowStep(step, rowScope, compiler),
    );
  const open: RowCode["open"] = (run, frame, items) => {
    const blank = openFrame(run, frame, width);
    return items.map((value) => copyRow(run, blank, value));
  };
  return { open, rowScope, walk: (run, opened) => steps.reduce((rows, step) => step(run, rows), opened) };
}

function compileSortStep(step: SortStep, scope: Scope, compiler: Compiler): RowStepCode {
  const sort = compileRowSort(step, scope, compiler);
  const stages = compileRowStages(step.stages, scope, compiler);
  const index = indexOf(scope, step.index);
  return (run, rows) => {
    const sorted = sort(run, rows).map((row) => copyRow(run, row.frame, row.value));
    return stages(run, numberRows(sorted, index));
  };
}

function compileRowStep(step: ValueStep, scope: Scope, compiler: Compiler): RowStepCode {
  const code = compileApart(step.node, scope, compiler);
  const stages = compileRowStages(step.stages, scope, compiler);
  const binding: Binding = {
    focus: indexOf(scope, step.focus),
    index: indexOf(scope, step.index),
    parent: indexOf(scope, step.parentName),
    given: findGivenNames(step.node).map((name) => indexOf(scope, name)),
  };
  return (run, rows) => {
    const made: Row[] = [];
    for (const row of rows) {
      run.spend(1);
      const value = code(run, row.frame, row.value);
      if (value !== undefined) {
        addRows(run, made, row, { value, binding });
      }
    }
    return stages(run, made);
  };
}

/** Where the variables of a step are in its rows; -1 for one that it does not bind. */
interface Binding {
  readonly focus: number;
  readonly index: number;
  readonly parent: number;
  /** Where the variables of the rows that the step itself gives go. */
  readonly given: readonly number[];
}

interface Found {
  readonly value: Value;
  readonly binding: Binding;
}

function addRows(run: Evaluation, made: Row[], row: Row, { value, binding }: Found): void {
  if (value instanceof RowStream) {
    for (const inner of value.rows) {
      const copy = copyRow(run, row.frame, inner.value);
      inner.frame.values.forEach((each, index) => setVariable(copy, binding.given[index] ?? -1, each));
      made.push(copy);
    }
    return;
  }
  const items = entriesOf(value) ?? [value];
  for (const [index, item] of items.entries()) {
    const copy = copyRow(run, row.frame, binding.focus === -1 ? item : row.value);
    setVariable(copy, binding.focus, item);
    setVariable(copy, binding.index, index);
    setVariable(copy, binding.parent, row.value);
    made.push(copy);
  }
}

function setVariable(row: Row, index: number, value: Value): void {
  if (index !== -1) {
    row.frame.values[index] = value;
  }
}

function indexOf(scope: Scope, name: string | null): number {
  return name === null ? -1 : (scope.names.get(name) ?? -1);
}

function numberRows(rows: readonly Row[], index: number): readonly Row[] {
  rows.forEach((row, position) => setVariable(row, index, position));
  return rows;
}

/**
 * Compiles the filters and bindings of positions that follow a step with rows.
 *
 * @param stages - The stages, in order.
 * @param scope - The variables of the rows.
 * @param compiler - What compiles the filters.
 * @returns Code that gives the rows that are left.
 */
export function compileRowStages(stages: readonly Stage[], scope: Scope, compiler: Compiler): RowStepCode {
  const codes = stages.map((stage): RowStepCode => {
    if (stage.kind === "index") {
      const index = indexOf(scope, stage.name);
      return (_run, rows) => numberRows(rows, index);
    }
    const position = fixedPositionOf(stage.node);
    return position === null
      ? compileRowFilter(compileApart(stage.node, scope, compiler))
      : (_run, rows) => rows.slice(position, position === -1 ? undefined : position + 1);
  });
  return (run, rows) => codes.reduce((left, code) => code(run, left), rows);
}

function compileRowFilter(code: Code): RowStepCode {
  return (run, rows) => chooseItems(run, rows, (row) => code(run, row.frame, row.value));
}
