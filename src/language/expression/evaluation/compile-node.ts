import type { ConditionNode, DescendantsNode, Node, RefinedNode, WildcardNode } from "../syntax/ast.ts";
import { pathOfName } from "../syntax/paths.ts";
import { visitNode, type Visitor } from "../syntax/visitor.ts";
import { compileCall, compileChain, compileLambda, compileTailCall } from "./compile-calls.ts";
import { compileFilters } from "./compile-filter.ts";
import { compileGroup, compileObject, compileRowGroup } from "./compile-group.ts";
import { compileList } from "./compile-list.ts";
import { compileBinary, compileFallback, compileNegate } from "./compile-operators.ts";
import { compilePath } from "./compile-path.ts";
import { compileRowStages } from "./compile-rows.ts";
import { compileTransform } from "./compile-transform.ts";
import { compileBind, compileBlock, compileVariable } from "./compile-variables.ts";
import type { Compiler } from "./compiler.ts";
import { findGivenNames } from "./declared-names.ts";
import { Scope, type Code, type Finish } from "./frames.ts";
import { RegexFunction } from "./function-values.ts";
import { RowStream, valuesOfRows } from "./rows.ts";
import { isTrue } from "./truth.ts";
import { unwrap, unwrapKept, type Value } from "./values.ts";
import { findDescendants, findMembers } from "./wildcards.ts";

const compiler: Compiler = { compile: compileNode };

/**
 * Compiles a node: what its names mean is found out here, once.
 *
 * @param node - The node.
 * @param scope - The variables in scope.
 * @returns Its code.
 */
export function compileNode(node: Node, scope: Scope): Code {
  return visitNode(node, scope, COMPILERS);
}

const COMPILERS: Visitor<Scope, Code> = {
  literal:
    ({ value }) =>
    () =>
      value,
  name: ({ name, position }, scope) => compilePath(pathOfName(name, position), scope, compiler),
  variable: (node, scope) => compileVariable(node, scope, unwrap),
  parent: (node, scope) => compileVariable(node, scope, unwrap),
  wildcard: (node) => compileWildcard(node, unwrap),
  descendants: (node) => compileWildcard(node, unwrap),
  regex: ({ program }) => {
    const pattern = new RegexFunction(program);
    return () => pattern;
  },
  path: (node, scope) => compilePath(node, scope, compiler),
  refined: compileRefined,
  binary: (node, scope) => compileBinary(node, scope, compiler),
  negate: (node, scope) => compileNegate(node, scope, compiler),
  list: (node, scope) => compileList(node, scope, compiler),
  object: (node, scope) => compileObject(node, scope, compiler),
  block: (node, scope) => compileBlock(node, scope, compileNode),
  condition: (node, scope) => compileCondition(node, scope, compileNode),
  fallback: (node, scope) => compileFallback(node, scope, compiler),
  bind: (node, scope) => compileBind(node, scope, compiler),
  call: (node, scope) => compileCall(node, scope, compiler, unwrap),
  lambda: (node, scope) => compileLambda(node, scope, compileLast),
  chain: (node, scope) => compileChain(node, scope, compiler, unwrap),
  transform: (node, scope) => compileTransform(node, scope, compiler),
};

function compileWildcard({ kind }: WildcardNode | DescendantsNode, finish: Finish): Code {
  const find = kind === "wildcard" ? findMembers : findDescendants;
  return (run, _frame, input) => {
    run.spend(1);
    return finish(find(run, input));
  };
}

function compileCondition(
  node: ConditionNode,
  scope: Scope,
  compileBranch: (branch: Node, scope: Scope) => Code,
): Code {
  const condition = compileNode(node.condition, scope);
  const consequent = compileBranch(node.consequent, scope);
  const otherwise = node.otherwise === null ? null : compileBranch(node.otherwise, scope);
  return (run, frame, input) => {
    run.spend(1);
    if (isTrue(run, condition(run, frame, input))) {
      return unwrap(consequent(run, frame, input));
    }
    return otherwise === null ? undefined : unwrap(otherwise(run, frame, input));
  };
}

function compileRefined(node: RefinedNode, scope: Scope): Code {
  if (givesRows(node.base)) {
    return compileRefinedRows(node, scope);
  }
  // Not unwrapped in between: a filter sees a list of one as a list.
  const base = compileRaw(node.base, scope);
  const filters = compileFilters(node.filters, scope, compiler);
  const group = node.group === null ? null : compileGroup(node.group, scope, compiler);
  const finish = node.keepsList ? unwrapKept : unwrap;
  return (run, frame, input) => {
    run.spend(1);
    const value = base(run, frame, input);
    const filtered = filters === null ? value : filters(run, frame, value);
    return finish(group === null ? filtered : group(run, frame, filtered));
  };
}

function compileRefinedRows(node: RefinedNode, scope: Scope): Code {
  const rowScope = new Scope(scope, findGivenNames(node.base));
  const base = compileNode(node.base, scope);
  const stages = compileRowStages(node.filters, rowScope, compiler);
  const group = node.group === null ? null : compileRowGroup(node.group, rowScope, compiler);
  return (run, frame, input) => {
    run.spend(1);
    const value = base(run, frame, input);
    const rows = stages(run, value instanceof RowStream ? value.rows : []);
    if (group !== null) {
      return group(run, frame, rows);
    }
    return node.givesRows ? new RowStream(rows) : unwrap(valuesOfRows(run, rows));
  };
}

/** Filters see the list of one that a call gives, before it is taken for its item. */
function compileRaw(node: Node, scope: Scope): Code {
  if (node.kind === "variable") {
    return compileVariable(node, scope, keepRaw);
  }
  if (node.kind === "call") {
    return compileCall(node, scope, compiler, keepRaw);
  }
  if (node.kind === "chain") {
    return compileChain(node, scope, compiler, keepRaw);
  }
  return node.kind === "wildcard" || node.kind === "descendants"
    ? compileWildcard(node, keepRaw)
    : compileNode(node, scope);
}

function keepRaw(value: Value): Value {
  return value;
}

function givesRows(node: Node): boolean {
  return (node.kind === "path" || node.kind === "block" || node.kind === "refined") && node.givesRows;
}

/** Compiles what a function ends with: a call there is left to whoever called the function. */
function compileLast(node: Node, scope: Scope): Code {
  if (node.kind === "call" && !node.isPartial) {
    return compileTailCall(node, scope, compiler);
  }
  if (node.kind === "condition") {
    return compileCondition(node, scope, compileLast);
  }
  if (node.kind === "block" && !node.givesRows) {
    return compileBlock(node, scope, (item, inner, isLast) => (isLast ? compileLast : compileNode)(item, inner));
  }
  return compileNode(node, scope);
}
