import { RegexAllowance } from "../linear-regex.ts";

/** Most parts of the expressions of a recipe together, of 1 to 2 µs each. */
const PARTS_MAX = 60_000;

/** What an expression takes beside its nodes, in nodes. */
const PARTS_PER_EXPRESSION = 6;

/** Bounds the work of compiling the expressions of many texts, such as those of a recipe. */
export class ExpressionAllowance {
  /** Bounds their regular expressions. */
  readonly regexes = new RegexAllowance();
  #partsLeft = PARTS_MAX;

  /** Whether there was not enough left for an expression: what comes after it is not to be compiled. */
  get isSpent(): boolean {
    return this.#partsLeft < 0;
  }

  /** Takes an expression of so many nodes away; tells whether there was enough left. */
  take(nodeCount: number): boolean {
    this.#partsLeft -= PARTS_PER_EXPRESSION + nodeCount;
    return !this.isSpent;
  }
}
