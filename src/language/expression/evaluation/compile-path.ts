import type { PathNode, RefinedNode, ValueStep } from "../syntax/ast.ts";
import { compileFilters } from "./compile-filter.ts";
import { compileGroup, compileRowGroup } from "./compile-group.ts";
import { compileRows } from "./compile-rows.ts";
import { compileSort } from "./compile-sort.ts";
import type { Compiler } from "./compiler.ts";
import { firstRowOf } from "./declared-names.ts";
import type { Evaluation } from "./evaluation.ts";
import type { Code, Frame, Scope } from "./frames.ts";
import { RowStream, valuesOfRows } from "./rows.ts";
import { Gatherer, readMembers } from "./sequences.ts";
import {
  entriesOf,
  isObject,
  isPlainList,
  List,
  memberOf,
  sequenceOf,
  unwrap,
  unwrapKept,
  type Value,
} from "./values.ts";

/** A step of a path, compiled: gives what comes of the items. */
type StepCode = (run: Evaluation, frame: Frame, items: readonly Value[]) => Value;

/**
 * Compiles a path.
 *
 * @param path - The path.
 * @param scope - The variables in scope.
 * @param compiler - What compiles its parts.
 * @returns Its code; it gives a `RowStream` when the path around it goes on with its rows.
 */
export function compilePath(path: PathNode, scope: Scope, compiler: Compiler): Code {
  const alone = withoutBinding(path);
  if (alone !== null) {
    return compiler.compile(alone, scope);
  }
  const names = plainNamesOf(path);
  if (names !== null) {
    return compileNames(names);
  }
  const walk = firstRowOf(path) === -1 ? compilePlain(path, scope, compiler) : compileWithRows(path, scope, compiler);
  const finish = path.keepsSequence ? unwrapKept : unwrap;
  return (run, frame, input) => {
    run.spend(1);
    return finish(walk(run, frame, input));
  };
}

/** Nothing comes after a single value to read what `@` binds. */
function withoutBinding({ steps, group, keepsSequence, position }: PathNode): RefinedNode | null {
  const [only] = steps;
  if (
    steps.length > 1 ||
    only.kind === "sort" ||
    only.focus === null ||
    only.index !== null ||
    only.node.kind === "name"
  ) {
    return null;
  }
  const { node: base, stages: filters } = only;
  return { kind: "refined", position, base, filters, group, keepsList: keepsSequence, givesRows: false };
}

function plainNamesOf(path: PathNode): readonly string[] | null {
  const names: string[] = [];
  for (const step of path.steps) {
    if (step.kind !== "value" || step.node.kind !== "name" || step.stages.length > 0 || step.isRow) {
      return null;
    }
    names.push(step.node.name);
  }
  return path.group === null && !path.keepsList && !path.keepsSequence ? names : null;
}

/** The most common path is followed without a list, until there is one in the data. */
function compileNames(names: readonly string[]): Code {
  const [only] = names;
  if (names.length === 1 && only !== undefined) {
    return (run, _frame, input) => {
      run.spend(1);
      return isObject(input) ? unwrapMember(memberOf(input, only)) : followLists(run, names, 0, input);
    };
  }
  return (run, _frame, input) => {
    run.spend(names.length);
    let value = input;
    for (const [index, name] of names.entries()) {
      if (!isObject(value)) {
        return followLists(run, names, index, value);
      }
      value = memberOf(value, name);
    }
    return unwrapMember(value);
  };
}

/** A sequence that was kept in an object is made anew when it is read, without the mark of a kept one. */
function unwrapMember(value: Value): Value {
  if (!(value instanceof List) || !value.isSequence) {
    return value;
  }
  return value.items.length > 1 ? value : value.items[0];
}

function followLists(run: Evaluation, names: readonly string[], from: number, value: Value): Value {
  // A list that is written in a path is one item of it.
  const isItem = from > 0 && value instanceof List && !value.isSequence;
  let result: Value = isItem ? sequenceOf([value]) : value;
  for (const [index, name] of names.entries()) {
    if (index >= from) {
      const items = entriesOf(result) ?? (result === undefined || result === null ? [] : [result]);
      result = readMembers(run, items, name, index === names.length - 1);
    }
  }
  return unwrap(result);
}

function compilePlain(path: PathNode, scope: Scope, compiler: Compiler): Code {
  const walk = compileSteps(path, path.steps.length, scope, compiler);
  const keep = path.keepsList ? markKept : keepAsIs;
  const group = path.group === null ? null : compileGroup(path.group, scope, compiler);
  return (run, frame, input) => {
    const kept = keep(walk(run, frame, input));
    return group === null ? kept : group(run, frame, kept);
  };
}

/** A list that is written as the last step is one item of what is kept. */
function markKept(value: Value): Value {
  if (!(value instanceof List)) {
    return value;
  }
  return new List(value.isSequence ? value.items : [value], true, true);
}

function compileWithRows(path: PathNode, scope: Scope, compiler: Compiler): Code {
  const first = firstRowOf(path);
  const before = first === 0 ? null : compileSteps(path, first, scope, compiler);
  const { walk, open, rowScope } = compileRows(path, scope, compiler);
  const startsAtVariable = startsAtVariableOf(path);
  const group = path.group === null ? null : compileRowGroup(path.group, rowScope, compiler);
  const keep = path.keepsList ? markKept : keepAsIs;
  return (run, frame, input) => {
    const start = before === null ? input : before(run, frame, input);
    const items = before === null ? itemsOf(input, startsAtVariable) : (entriesOf(start) ?? []);
    if (before !== null && items.length === 0) {
      // It ends before there are rows; nothing still gives the members that do not depend on it.
      return group === null ? keep(start) : group(run, frame, open(run, frame, [undefined]));
    }
    const rows = walk(run, open(run, frame, items));
    if (group !== null) {
      return group(run, frame, rows);
    }
    return path.givesRows ? new RowStream(rows) : keep(valuesOfRows(run, rows));
  };
}

function keepAsIs(value: Value): Value {
  return value;
}

function startsAtVariableOf({ steps: [first] }: PathNode): boolean {
  const node = first.kind === "value" ? first.node : null;
  return node?.kind === "variable" || (node?.kind === "refined" && node.base.kind === "variable");
}

/** A path that begins with a variable does not look at the items of what it is evaluated against. */
function itemsOf(input: Value, startsAtVariable: boolean): readonly Value[] {
  return startsAtVariable ? [input] : (entriesOf(input) ?? [input]);
}

/** Compiles the first `count` steps. */
function compileSteps(path: PathNode, count: number, scope: Scope, compiler: Compiler): Code {
  const [first] = path.steps;
  const startsAtVariable = startsAtVariableOf(path);
  const opening = first.kind === "value" && first.makesList ? compiler.compile(first.node, scope) : null;
  const steps = path.steps.slice(opening === null ? 0 : 1, count).map((step, index, taken): StepCode => {
    const isLast = index === taken.length - 1 && count === path.steps.length;
    return step.kind === "sort" ? compileSort(step, scope, compiler) : compileValueStep(step, isLast, scope, compiler);
  });
  return (run, frame, input) => {
    const items = itemsOf(input, startsAtVariable);
    if (opening === null) {
      return walkSteps({ run, frame, steps }, items, undefined);
    }
    const written = markWritten(opening(run, frame, input));
    return walkSteps({ run, frame, steps }, entriesOf(written) ?? (written === undefined ? [] : [written]), written);
  };
}

interface Walk {
  readonly run: Evaluation;
  readonly frame: Frame;
  readonly steps: readonly StepCode[];
}

function walkSteps({ run, frame, steps }: Walk, start: readonly Value[], opening: Value): Value {
  let result = opening;
  let items = start;
  for (const step of steps) {
    if (items.length === 0) {
      return result;
    }
    result = step(run, frame, items);
    items = entriesOf(result) ?? [];
  }
  return result;
}

function markWritten(value: Value): Value {
  return isPlainList(value) ? new List(value, false, false) : value;
}

function compileValueStep(step: ValueStep, isLast: boolean, scope: Scope, compiler: Compiler): StepCode {
  const { node } = step;
  if (node.kind === "name" && step.stages.length === 0 && !step.keepsList) {
    return (run, _frame, items) => readMembers(run, items, node.name, isLast);
  }
  const code = compileStepNode(step, scope, compiler);
  const filters = compileFilters(step.stages, scope, compiler);
  return (run, frame, items) => {
    const gatherer = new Gatherer(run);
    for (const item of items) {
      run.spend(1);
      const value = code(run, frame, item);
      gatherer.add(filters === null ? value : filters(run, frame, value));
    }
    return gatherer.finish(isLast);
  };
}

function compileStepNode(step: ValueStep, scope: Scope, compiler: Compiler): Code {
  const { node } = step;
  const code = compiler.compile(
    step.keepsList && node.kind !== "refined"
      ? {
          kind: "refined",
          position: node.position,
          base: node,
          filters: [],
          group: null,
          keepsList: true,
          givesRows: false,
        }
      : node,
    scope,
  );
  return step.makesList && node.kind === "list" ? (run, frame, input) => markWritten(code(run, frame, input)) : code;
}
