import { failureOf } from "../expression-error.ts";
import type { TransformNode } from "../syntax/ast.ts";
import { partsOf } from "../syntax/parts.ts";
import { compileVariable } from "./compile-variables.ts";
import { compileApart, type Compiler } from "./compiler.ts";
import { copyValue, type Copy } from "./copy-value.ts";
import { applyFunction, FunctionValue, type Evaluation } from "./evaluation.ts";
import type { Code, Frame, Scope } from "./frames.ts";
import { countLevels } from "./levels.ts";
import { readNames } from "./names.ts";
import { entriesOf, isObject, memberOf, setMember, type OpenObject, unwrap, type Value } from "./values.ts";

interface TransformCode {
  readonly clone: Code;
  readonly pattern: Code;
  readonly update: Code;
  readonly remove: Code | null;
  readonly position: number;
  readonly levels: number;
}

/**
 * Compiles `|pattern|update, remove|`.
 *
 * @param node - The transform.
 * @param scope - The variables in scope.
 * @param compiler - What compiles its parts.
 * @returns Code that makes a function: it gives a copy of its argument with the changes.
 */
export function compileTransform(node: TransformNode, scope: Scope, compiler: Compiler): Code {
  const code: TransformCode = {
    clone: compileVariable({ kind: "variable", name: "clone", position: node.position }, scope, unwrap),
    pattern: compileApart(node.pattern, scope, compiler),
    update: compileApart(node.update, scope, compiler),
    remove: node.remove === null ? null : compileApart(node.remove, scope, compiler),
    position: node.position,
    levels: 4 + Math.max(...partsOf(node).map(countLevels)),
  };
  return (run, frame) => {
    run.spend(1);
    run.allocate(64);
    return new TransformFunction(code, frame);
  };
}

class TransformFunction extends FunctionValue {
  readonly arity = 1;
  readonly #code: TransformCode;
  readonly #frame: Frame;

  constructor(code: TransformCode, frame: Frame) {
    super();
    this.#code = code;
    this.#frame = frame;
  }

  call(run: Evaluation, [value]: readonly Value[]): Value {
    if (value === undefined) {
      return undefined;
    }
    if (entriesOf(value) === null && !isObject(value)) {
      throw failureOf("T0410", "a transform changes objects and lists: argument 1 is neither", this.#code.position);
    }
    run.enter(this.#code.levels);
    const copy = this.#copy(run, value);
    const matches = this.#code.pattern(run, this.#frame, copy.value);
    for (const match of matches === undefined ? [] : (entriesOf(matches) ?? [matches])) {
      run.spend(1);
      this.#change(run, match, copy);
    }
    run.leave(this.#code.levels);
    return copy.value;
  }

  #copy(run: Evaluation, value: Value): Copy {
    const clone = this.#code.clone(run, this.#frame, undefined);
    if (!(clone instanceof FunctionValue)) {
      throw failureOf(
        "T2013",
        "a transform copies with $clone, which is set to a non-function here",
        this.#code.position,
      );
    }
    return copyValue(run, applyFunction(run, clone, [value], undefined));
  }

  #change(run: Evaluation, match: Value, { openObjects }: Copy): void {
    const { update, remove, position } = this.#code;
    const changes = update(run, this.#frame, match);
    if (changes !== undefined && !isObject(changes)) {
      throw failureOf("T2011", "what a transform updates with must be an object", position);
    }
    // What is not part of the copy is not changed: the input, above all.
    const open = isObject(match) ? openObjects.get(match) : undefined;
    if (changes !== undefined && open !== undefined) {
      const names = readNames(run, changes);
      for (const name of names) {
        run.makeMember(name);
        setMember(open, name, memberOf(changes, name));
      }
    }
    const removed = remove?.(run, this.#frame, match);
    if (removed !== undefined) {
      removeMembers(run, open, { removed, position });
    }
  }
}

interface Removal {
  readonly removed: Value;
  readonly position: number;
}

function removeMembers(run: Evaluation, object: OpenObject | undefined, { removed, position }: Removal): void {
  const names = entriesOf(removed) ?? [removed];
  for (const name of names) {
    run.spend(4);
    if (typeof name !== "string") {
      throw failureOf("T2012", "what a transform removes must be names: a text, or a list of texts", position);
    }
    if (object !== undefined) {
      delete object[name];
    }
  }
}
