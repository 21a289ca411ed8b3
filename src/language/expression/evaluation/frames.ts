import type { Evaluation } from "./evaluation.ts";
import { Marked, type Value } from "./values.ts";

/** The variables of a block, a call or a row. Where each is was found out when the expression was compiled. */
export class Frame {
  readonly parent: Frame | null;
  readonly values: Value[];

  constructor(parent: Frame | null, values: Value[]) {
    this.parent = parent;
    this.values = values;
  }
}

class UnsetMark extends Marked {}

/** The value of a variable that is not set yet: the name still means that of the block around. */
export const UNSET = new UnsetMark();

/**
 * Makes a frame whose variables are not set yet.
 *
 * @param run - What pays.
 * @param parent - The frame around it.
 * @param count - How many variables it has.
 * @returns The frame.
 */
export function openFrame(run: Evaluation, parent: Frame, count: number): Frame {
  run.makeVariables(count);
  const values: Value[] = [];
  for (let index = 0; index < count; index += 1) {
    values.push(UNSET);
  }
  return new Frame(parent, values);
}

/** A node, compiled: gives its value in an evaluation, with the variables in scope, against a value. */
export type Code = (run: Evaluation, frame: Frame, input: Value) => Value;

/** What is done to the value of a node at the end: mostly `unwrap`. */
export type Finish = (value: Value) => Value;

/** Where a variable is: how many frames up, and which of that frame. */
export interface Place {
  readonly hops: number;
  readonly index: number;
  /** The scope whose frame that is. */
  readonly scope: Scope;
}

/** The names of a frame, while an expression is compiled. */
export class Scope {
  readonly names: ReadonlyMap<string, number>;
  /** Code that belongs to a name in this scope, made once however often the name is read. */
  readonly reads = new Map<string, Read>();
  /** The scope around it. */
  readonly parent: Scope | null;

  constructor(parent: Scope | null, names: readonly string[]) {
    this.parent = parent;
    this.names = new Map([...new Set(names)].map((name, index) => [name, index]));
  }

  /** Gives the innermost place where a name may be set; null when there is none. */
  find(name: string): Place | null {
    const index = this.names.get(name);
    if (index !== undefined) {
      return { hops: 0, index, scope: this };
    }
    const around = this.parent?.find(name) ?? null;
    return around === null ? null : { ...around, hops: around.hops + 1 };
  }
}

/** How a name is read in a scope. */
export interface Read {
  readonly code: Code;
  /** What reading it takes, in units of fuel: every frame is looked at on the way to the outermost that may have it. */
  readonly cost: number;
}
