import type { ListNode } from "../syntax/ast.ts";
import type { Compiler } from "./compiler.ts";
import type { Code, Scope } from "./frames.ts";
import { entriesOf, type Value } from "./values.ts";

/**
 * Compiles `[a, b]`: what is a list itself is taken entry by entry, unless it is written out.
 *
 * @param node - The list.
 * @param scope - The variables in scope.
 * @param compiler - What compiles its items.
 * @returns Its code.
 */
export function compileList(node: ListNode, scope: Scope, compiler: Compiler): Code {
  const items = node.items.map((item) => ({
    isList: item.kind === "list" || (item.kind === "refined" && item.base.kind === "list"),
    code: compiler.compile(item, scope),
  }));
  return (run, frame, input) => {
    run.spend(2);
    run.makeEntries(items.length);
    const made: Value[] = [];
    for (const { isList, code } of items) {
      const value = code(run, frame, input);
      const entries = isList ? null : entriesOf(value);
      if (entries !== null) {
        run.addEntries(entries.length);
        for (const entry of entries) {
          made.push(entry);
        }
      } else if (value !== undefined) {
        made.push(value);
      }
    }
    return made;
  };
}
