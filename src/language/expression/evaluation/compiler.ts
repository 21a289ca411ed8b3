import type { Node } from "../syntax/ast.ts";
import { findAssignments } from "./declared-names.ts";
import { openFrame, Scope, type Code } from "./frames.ts";

/** Turns nodes into code. The parts of the compiler that live in files of their own get it handed to them. */
export interface Compiler {
  /** Compiles a node that is evaluated with the variables of a scope. */
  readonly compile: (node: Node, scope: Scope) => Code;
}

/**
 * Compiles a node that is evaluated in a frame of its own, so that what it assigns is gone when it is done.
 *
 * @param node - The node.
 * @param scope - The scope around it.
 * @param compiler - What compiles it.
 * @returns Its code; no frame is made when it assigns nothing.
 */
export function compileApart(node: Node, scope: Scope, compiler: Compiler): Code {
  const names = findAssignments([node]);
  if (names.length === 0) {
    return compiler.compile(node, scope);
  }
  const inner = new Scope(scope, names);
  const code = compiler.compile(node, inner);
  const count = inner.names.size;
  return (run, frame, input) => code(run, openFrame(run, frame, count), input);
}
