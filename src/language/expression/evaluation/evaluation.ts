import { Meter } from "../meter.ts";
import { Marked, sequenceOf, type Value } from "./values.ts";

/** What an evaluation cannot make up: it is the same whenever an attempt is evaluated again. */
export interface Circumstances {
  /** The instant of `$now()` and `$millis()`, in milliseconds since 1970. */
  readonly nowMs: number;
  /** What `$random()`, `$shuffle()` and `$uuid()` begin with: a whole number of 32 bits. */
  readonly seed: number;
}

/** One evaluation of the expressions of a template: what they are evaluated against, and what it costs. */
export class Evaluation extends Meter {
  /** The value of `$$`. */
  readonly root: Value;
  /** What expressions are evaluated against: the root, but a list as one item. */
  readonly rootContext: Value;
  readonly nowMs: number;
  #seed: number;
  /** A call that is the last thing a function does, waiting to be made: see `TAIL`. */
  tailCall: TailCall | null = null;

  constructor(root: Value, fuel: number, circumstances: Circumstances) {
    super(fuel);
    this.root = root;
    this.rootContext = Array.isArray(root) ? sequenceOf([root]) : root;
    this.nowMs = circumstances.nowMs;
    this.#seed = circumstances.seed;
  }

  /** Gives the next random number, from 0 to below 1: the same ones in the same order for the same seed. */
  random(): number {
    // A counter with a mixer behind it (splitmix32): small, and even enough to shuffle with.
    this.#seed = (this.#seed + 0x9e3779b9) | 0;
    let mixed = this.#seed ^ (this.#seed >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  }
}

/** A function with its arguments. */
export interface TailCall {
  readonly called: FunctionValue;
  readonly args: readonly Value[];
  readonly context: Value;
}

/** A function: of the library, of an expression, or a regular expression. */
export abstract class FunctionValue extends Marked {
  /** How many arguments it takes: functions that call it give no more. */
  abstract readonly arity: number;

  /**
   * Calls it. `context` is the value that the call was evaluated against. Gives `TAIL` when what is left to do is the
   * call in `run.tailCall`.
   */
  abstract call(run: Evaluation, args: readonly Value[], context: Value): Value;
}

class TailMark extends Marked {}

/** What a function gives whose last call is still to be made: recursion in that place takes no stack. */
export const TAIL = new TailMark();

/**
 * Calls a function, and the calls that are left to do.
 *
 * @param run - The evaluation.
 * @param called - The function.
 * @param args - Its arguments.
 * @param context - The value that the call was evaluated against.
 * @returns What it gives.
 */
export function applyFunction(run: Evaluation, called: FunctionValue, args: readonly Value[], context: Value): Value {
  let result = called.call(run, args, context);
  while (result === TAIL && run.tailCall !== null) {
    const { called: next, args: nextArgs, context: nextContext } = run.tailCall;
    run.spend(1);
    result = next.call(run, nextArgs, nextContext);
  }
  return result;
}
