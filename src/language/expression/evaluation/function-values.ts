import { failureOf } from "../expression-error.ts";
import type { RegexMatch, RegexProgram, RegexSearch } from "../regex-program.ts";
import type { Signature } from "../syntax/signature.ts";
import { applyFunction, FunctionValue, type Evaluation } from "./evaluation.ts";
import { Frame, UNSET, type Code } from "./frames.ts";
import { matchArguments } from "./signatures.ts";
import { Marked, type Value } from "./values.ts";

/** What a function of the library does with arguments that fit its signature. */
export type Native = (run: Evaluation, args: readonly Value[], context: Value) => Value;

/** What a function of the library takes of the stack before it calls another. */
const NATIVE_LEVELS = 8;

/** A function of the library. */
export class NativeFunction extends FunctionValue {
  readonly name: string;
  readonly arity: number;
  readonly #signature: Signature;
  readonly #run: Native;

  constructor(name: string, signature: Signature, arity: number, run: Native) {
    super();
    this.name = name;
    this.arity = arity;
    this.#signature = signature;
    this.#run = run;
  }

  /** Whether the value at hand can stand in for an argument of a call with so many. */
  takesContext(argCount: number): boolean {
    const { parameters } = this.#signature;
    return argCount < parameters.length && parameters.some(({ usesContext }) => usesContext);
  }

  call(run: Evaluation, args: readonly Value[], context: Value): Value {
    run.spend(1);
    run.enter(NATIVE_LEVELS);
    const result = this.#run(run, matchArguments(run, this.#signature, { args, context }), context);
    run.leave(NATIVE_LEVELS);
    return result;
  }
}

/** What a function that is written in an expression does, made when the expression is compiled. */
export interface LambdaCode {
  readonly parameterCount: number;
  readonly signature: Signature | null;
  /** Variables of its frame. */
  readonly variableCount: number;
  /** Which variable each parameter is; null when the parameters are the first ones, in order. */
  readonly order: readonly number[] | null;
  readonly body: Code;
  /** How deep the body nests. */
  readonly levels: number;
}

/** A function that is written in an expression, with the variables around it. */
export class Lambda extends FunctionValue {
  readonly #code: LambdaCode;
  readonly #frame: Frame;
  readonly #input: Value;

  constructor(code: LambdaCode, frame: Frame, input: Value) {
    super();
    this.#code = code;
    this.#frame = frame;
    this.#input = input;
  }

  get arity(): number {
    return this.#code.parameterCount;
  }

  call(run: Evaluation, args: readonly Value[], context: Value): Value {
    const { parameterCount, signature, variableCount, order, body, levels } = this.#code;
    run.spend(signature === null ? 0 : 1 + signature.parameters.length);
    const given = signature === null ? args : matchArguments(run, signature, { args, context });
    run.enter(levels);
    run.makeVariables(variableCount);
    const values: Value[] = [];
    for (let index = 0; index < variableCount; index += 1) {
      values.push(index < parameterCount ? given[index] : UNSET);
    }
    order?.forEach((place, index) => {
      values[place] = given[index];
    });
    const result = body(run, new Frame(this.#frame, values), this.#input);
    run.leave(levels);
    return result;
  }
}

class MissingMark extends Marked {}

/** Stands for an argument that is still to come. */
export const MISSING = new MissingMark();

/** A function with some of its arguments given. */
export class PartialFunction extends FunctionValue {
  readonly #called: FunctionValue;
  readonly #given: readonly Value[];
  readonly arity: number;

  constructor(called: FunctionValue, given: readonly Value[]) {
    super();
    this.#called = called;
    this.#given = given;
    this.arity = this.#given.filter((value) => value === MISSING).length;
  }

  call(run: Evaluation, args: readonly Value[], context: Value): Value {
    run.enter(5);
    run.makeEntries(this.#given.length);
    let next = 0;
    const all = this.#given.map((value) => {
      if (value !== MISSING) {
        return value;
      }
      next += 1;
      return args[next - 1];
    });
    const result = applyFunction(run, this.#called, all, context);
    run.leave(5);
    return result;
  }
}

/** Two functions, one after the other: `$f ~> $g`. */
export class ChainedFunction extends FunctionValue {
  readonly arity = 1;
  readonly #first: FunctionValue;
  readonly #second: FunctionValue;

  constructor(first: FunctionValue, second: FunctionValue) {
    super();
    this.#first = first;
    this.#second = second;
  }

  call(run: Evaluation, args: readonly Value[], context: Value): Value {
    run.enter(3);
    run.spend(2);
    const between = applyFunction(run, this.#first, args.slice(0, 1), context);
    const result = applyFunction(run, this.#second, [between], context);
    run.leave(3);
    return result;
  }
}

/** A regular expression: called with a text, it gives its first match. */
export class RegexFunction extends FunctionValue {
  readonly arity = 2;
  readonly program: RegexProgram;

  constructor(program: RegexProgram) {
    super();
    this.program = program;
  }

  call(run: Evaluation, [text]: readonly Value[]): Value {
    if (typeof text !== "string") {
      throw failureOf("T0410", "a regular expression is called with the text that it searches");
    }
    const search = this.program.open(text);
    const found = search.find(0, run);
    return found === null ? undefined : matchObject(run, search, found, this.program.source);
  }
}

/** Finds the next match, when it is called. */
class NextMatch extends FunctionValue {
  readonly arity = 0;
  readonly #search: RegexSearch;
  readonly #from: number;
  readonly #source: string;

  constructor(search: RegexSearch, from: number, source: string) {
    super();
    this.#search = search;
    this.#from = from;
    this.#source = source;
  }

  call(run: Evaluation): Value {
    const found = this.#from >= this.#search.text.length ? null : this.#search.find(this.#from, run);
    if (found === null) {
      return undefined;
    }
    if (found.text === "") {
      throw emptyMatch(this.#source);
    }
    return matchObject(run, this.#search, found, this.#source);
  }
}

/**
 * Makes what a regular expression gives for a match.
 *
 * @param run - What pays.
 * @param search - The search that found it.
 * @param found - The match.
 * @param source - The regular expression, for messages.
 * @returns The match as an object; its `next` is a function that gives the one after it.
 */
export function matchObject(run: Evaluation, search: RegexSearch, found: RegexMatch, source: string): Value {
  run.makeObject(16);
  return {
    match: found.text,
    start: found.start,
    end: found.end,
    groups: found.groups,
    next: new NextMatch(search, found.end, source),
  };
}

/**
 * Makes the failure of a regular expression that matches nothing over and over.
 *
 * @param source - The regular expression.
 * @returns The failure, to be thrown.
 */
export function emptyMatch(source: string): Error {
  const message = `the regular expression /${source.slice(0, 60)}/ matches empty text: make it match a character at least`;
  return failureOf("D1004", message);
}
