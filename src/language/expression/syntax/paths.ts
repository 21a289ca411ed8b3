import type { Group, ListNode, Node, PathNode, Pair, SortTerm, Stage, Step, ValueStep } from "./ast.ts";
import { syntaxFailure } from "./syntax-failure.ts";

/**
 * Makes the path of one name.
 *
 * @param name - The name.
 * @param position - Where it is in the expression.
 * @returns The path.
 */
export function pathOfName(name: string, position: number): PathNode {
  return pathOf([stepOf({ kind: "name", name, position })], position);
}

/**
 * Joins what stands between dots.
 *
 * @param first - What is before the first dot.
 * @param rest - What follows each dot.
 * @returns One path with the steps of all; throws an `ExpressionFailure` when one of them cannot be a step.
 */
export function joinPath(first: Node, rest: readonly Node[]): PathNode {
  const [opening, ...others] = first.kind === "path" ? first.steps : [firstStepOf(first)];
  const steps: [Step, ...Step[]] = [markList(asName(opening)), ...others];
  for (const node of rest) {
    for (const step of node.kind === "path" ? node.steps : [nextStepOf(node)]) {
      steps.push(markList(asName(step)));
    }
  }
  refuseSteps(steps, first.position);
  const start = first.kind === "path" ? first : pathOf(steps, first.position);
  return { ...start, steps, keepsList: start.keepsList || steps.some(keepsList) };
}

/**
 * Joins a value and the function that it is given to. What follows a call there, such as `[]`, is for its result.
 *
 * @param left - The value.
 * @param right - The function, or a call of it.
 * @param position - Where the operator is.
 * @returns The application.
 */
export function joinChain(left: Node, right: Node, position: number): Node {
  const keeps = (left.kind === "refined" && left.keepsList) || (left.kind === "path" && left.keepsSequence);
  const isCall = right.kind === "refined" && right.base.kind === "call";
  const chain: Node = { kind: "chain", left, right: isCall ? right.base : right, position };
  if (isCall) {
    return { ...right, base: chain, keepsList: keeps || right.keepsList, position };
  }
  return keeps ? keepList(chain, null) : chain;
}

/**
 * Adds the filters that follow a value.
 *
 * @param base - The value.
 * @param filters - The filters, in order.
 * @returns The value with its filters; throws an `ExpressionFailure` when they follow a grouping.
 */
export function addFilters(base: Node, filters: readonly Stage[]): Node {
  const [first] = filters;
  if (first === undefined) {
    return base;
  }
  if (base.kind === "path") {
    const last = base.steps[base.steps.length - 1] ?? base.steps[0];
    return replaceLast(base, { ...last, stages: [...last.stages, ...filters] });
  }
  if (base.kind === "refined") {
    if (base.group !== null) {
      throw syntaxFailure(
        positionOf(first, base),
        "S0209",
        "a filter cannot follow a grouping: put it in brackets `(...)`",
      );
    }
    return { ...base, filters: [...base.filters, ...filters] };
  }
  return { kind: "refined", position: base.position, base, filters, group: null, keepsList: false, givesRows: false };
}

/**
 * Keeps the result of a value a list, also when it is of one.
 *
 * @param base - The value that `[]` follows.
 * @param form - The operator that made it, or null when it is written as it is.
 * @returns The value, marked.
 */
export function keepList(base: Node, form: string | null): Node {
  if (base.kind === "path") {
    const last = base.steps[base.steps.length - 1] ?? base.steps[0];
    const isMarked = last.kind === "value" && (form === null || form === "@");
    const marked = isMarked ? replaceLast(base, { ...last, keepsList: true }) : base;
    return { ...marked, keepsSequence: true, keepsList: marked.keepsList || form === null };
  }
  return base.kind === "refined"
    ? { ...base, keepsList: true }
    : { kind: "refined", position: base.position, base, filters: [], group: null, keepsList: true, givesRows: false };
}

/**
 * Adds a grouping to a value.
 *
 * @param base - The value.
 * @param pairs - Name and value of each member.
 * @param position - Where the grouping is.
 * @returns The value, grouped; throws an `ExpressionFailure` when it is grouped already.
 */
export function addGroup(base: Node, pairs: readonly Pair[], position: number): Node {
  const group: Group = { pairs, position };
  if (base.kind === "path" || base.kind === "refined") {
    if (base.group !== null) {
      throw syntaxFailure(position, "S0210", "a step has one grouping only: put the first one in brackets `(...)`");
    }
    return { ...base, group };
  }
  return { kind: "refined", position: base.position, base, filters: [], group, keepsList: false, givesRows: false };
}

/**
 * Adds an order to a value.
 *
 * @param base - The value.
 * @param terms - What it is ordered by.
 * @param position - Where the order is.
 * @returns A path that ends with the order.
 */
export function addSort(base: Node, terms: readonly SortTerm[], position: number): PathNode {
  const path = base.kind === "path" ? base : pathOf([firstStepOf(base)], base.position);
  refuseSteps(path.steps, position);
  return {
    ...path,
    steps: [...path.steps, { kind: "sort", position, terms, stages: [], index: null, isRow: false }],
  };
}

/**
 * Binds a variable to the value of a step: `@$name`.
 *
 * @param base - The value.
 * @param name - The variable.
 * @param position - Where the binding is.
 * @returns A path; throws an `ExpressionFailure` when filters or an order come before.
 */
export function addFocus(base: Node, name: string, position: number): PathNode {
  if (base.kind === "refined" && base.filters.length > 0) {
    throw syntaxFailure(position, "S0215", "`@` comes before the filters of a step: move it there");
  }
  const path = base.kind === "path" ? base : pathOf([firstStepOf(base)], base.position);
  const last = path.steps[path.steps.length - 1] ?? path.steps[0];
  if (last.stages.length > 0) {
    throw syntaxFailure(position, "S0215", "`@` comes before the filters of a step: move it there");
  }
  if (last.kind === "sort") {
    throw syntaxFailure(position, "S0216", "`@` comes before the order of a step: move it there");
  }
  return replaceLast(path, { ...last, focus: name, isRow: true });
}

/**
 * Binds a variable to the position of the values of a step: `#$name`.
 *
 * @param base - The value.
 * @param name - The variable.
 * @returns A path.
 */
export function addIndex(base: Node, name: string): PathNode {
  const path = base.kind === "path" ? base : pathOf([nextStepOf(base)], base.position);
  const last = path.steps[path.steps.length - 1] ?? path.steps[0];
  const stages: readonly Stage[] = [...last.stages, { kind: "index", name }];
  return replaceLast(
    path,
    last.stages.length === 0 ? { ...last, index: name, isRow: true } : { ...last, stages, isRow: true },
  );
}

/** More steps than anyone writes: what puts paths together and finds their parents takes the square of them. */
const STEPS_MAX = 500;

function refuseSteps(steps: readonly Step[], position: number): void {
  if (steps.length > STEPS_MAX) {
    throw syntaxFailure(position, "S0201", `a path has at most ${STEPS_MAX} steps: put a part of it into a variable`);
  }
}

function pathOf(steps: readonly [Step, ...Step[]], position: number): PathNode {
  return {
    kind: "path",
    position,
    steps,
    group: null,
    keepsList: false,
    keepsSequence: false,
    givesRows: false,
  };
}

function replaceLast(path: PathNode, step: Step): PathNode {
  const [first, ...others] = path.steps;
  return { ...path, steps: others.length === 0 ? [step] : [first, ...others.slice(0, -1), step] };
}

/** The first step of a path keeps its filters to itself: they see its value whole. */
function firstStepOf(node: Node): ValueStep {
  const keeps = node.kind === "refined" && node.keepsList;
  return { ...stepOf(node), keepsList: keeps, makesList: node.kind === "block" && opensWithList(node.items) };
}

/** The filters of a later step see what it gives for each item. */
function nextStepOf(node: Node): ValueStep {
  return node.kind === "refined" && node.group === null
    ? { ...stepOf(node.base), stages: node.filters, keepsList: node.keepsList }
    : stepOf(node);
}

function stepOf(node: Node): ValueStep {
  return {
    kind: "value",
    node,
    stages: [],
    keepsList: false,
    makesList: false,
    focus: null,
    index: null,
    parentName: null,
    isRow: false,
  };
}

/** A text between dots is a name; other literals are none. */
function asName(step: Step): Step {
  if (step.kind === "sort") {
    return step;
  }
  const { node } = step;
  const literal = node.kind === "refined" ? node.base : node;
  if (literal.kind !== "literal") {
    return step;
  }
  if (typeof literal.value !== "string") {
    throw syntaxFailure(
      literal.position,
      "S0213",
      `${String(literal.value)} cannot be a step of a path: only names can`,
    );
  }
  const name: Node = { kind: "name", name: literal.value, position: literal.position };
  return { ...step, node: node.kind === "refined" ? { ...node, base: name } : name };
}

function markList(step: Step): Step {
  return step.kind === "value" && isList(step.node) ? { ...step, makesList: true } : step;
}

function isList(node: Node): node is ListNode {
  return node.kind === "list" || (node.kind === "refined" && node.base.kind === "list");
}

function opensWithList(items: readonly Node[]): boolean {
  return items.some((item) => {
    const [first] = item.kind === "path" ? item.steps : [];
    return (first?.kind === "value" && first.makesList) || (item.kind === "block" && opensWithList(item.items));
  });
}

function keepsList(step: Step): boolean {
  return step.kind === "value" && step.keepsList;
}

function positionOf(stage: Stage, base: Node): number {
  return stage.kind === "filter" ? stage.position : base.position;
}
