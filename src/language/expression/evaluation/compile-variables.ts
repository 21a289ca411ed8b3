import { findFunction } from "../functions/table.ts";
import type { BindNode, BlockNode, ParentNode, VariableNode } from "../syntax/ast.ts";
import type { Compiler } from "./compiler.ts";
import { findAssignments } from "./declared-names.ts";
import { openFrame, Scope, UNSET, type Code, type Finish, type Frame, type Place, type Read } from "./frames.ts";
import { unwrap, type Value } from "./values.ts";

/**
 * Compiles a variable. A name that nothing has set yet means that of the scope around, in the end the library's.
 *
 * @param node - The variable, or a `%`, which is read like one.
 * @param scope - The variables in scope.
 * @param finish - What is done to the value.
 * @returns Its code.
 */
export function compileVariable(node: VariableNode | ParentNode, scope: Scope, finish: Finish): Code {
  const name = node.kind === "parent" ? node.variable : node.name;
  if (name === "") {
    return (run, _frame, input) => (input === run.rootContext ? run.root : finish(input));
  }
  const { code, cost } = readOf(scope, name);
  return (run, frame, input) => {
    run.spend(cost);
    return finish(code(run, frame, input));
  };
}

/** A frame is passed with a step, or looked into with a call. */
const FRAMES_PASSED_PER_FUEL = 8;
const FRAMES_READ_PER_FUEL = 4;

/** The code that reads a name in a scope, without what is done to its value. */
function readOf(scope: Scope, name: string): Read {
  const known = scope.reads.get(name);
  if (known !== undefined) {
    return known;
  }
  const place = scope.find(name);
  const read = place === null ? { code: compileUnset(name), cost: 0 } : compilePlace(name, place);
  scope.reads.set(name, read);
  return read;
}

function compileUnset(name: string): Code {
  if (name === "$") {
    return (run) => run.root;
  }
  const native = findFunction(name);
  return () => native;
}

function compilePlace(name: string, { hops, index, scope }: Place): Read {
  const around: Read = scope.parent === null ? { code: compileUnset(name), cost: 0 } : readOf(scope.parent, name);
  const otherwise = around.code;
  return {
    cost: hops / FRAMES_PASSED_PER_FUEL + 1 / FRAMES_READ_PER_FUEL + around.cost,
    code: (run, frame, input) => {
      const own = hops === 0 ? frame : frameAt(frame, hops);
      const found = own.values[index];
      return found === UNSET ? otherwise(run, own.parent ?? own, input) : found;
    },
  };
}

function frameAt(frame: Frame, hops: number): Frame {
  let found = frame;
  for (let left = hops; left > 0 && found.parent !== null; left -= 1) {
    found = found.parent;
  }
  return found;
}

/**
 * Compiles `$name := value`.
 *
 * @param node - The binding.
 * @param scope - The variables in scope: the innermost one has the name.
 * @param compiler - What compiles the value.
 * @returns Its code; it gives the value.
 */
export function compileBind({ name, value }: BindNode, scope: Scope, compiler: Compiler): Code {
  const code = compiler.compile(value, scope);
  const index = scope.names.get(name) ?? -1;
  return (run, frame, input) => {
    run.spend(1);
    const found = code(run, frame, input);
    if (index !== -1) {
      frame.values[index] = found;
    }
    return unwrap(found);
  };
}

/**
 * Compiles a block.
 *
 * @param node - The block.
 * @param scope - The variables around it.
 * @param compileItem - Compiles an item of it; the last one may be where a function ends.
 * @returns Its code.
 */
export function compileBlock(
  node: BlockNode,
  scope: Scope,
  compileItem: (item: BlockNode["items"][number], scope: Scope, isLast: boolean) => Code,
): Code {
  const names = findAssignments(node.items);
  const inner = names.length === 0 ? scope : new Scope(scope, names);
  const codes = node.items.map((item, index) => compileItem(item, inner, index === node.items.length - 1));
  const count = inner.names.size;
  return (run, frame, input) => {
    run.spend(codes.length);
    const own = names.length === 0 ? frame : openFrame(run, frame, count);
    let value: Value = undefined;
    for (const code of codes) {
      value = code(run, own, input);
    }
    return unwrap(value);
  };
}
