import type { Native } from "../evaluation/function-values.ts";

/** A function of the library. */
export interface FunctionDefinition {
  /** Without `$`. */
  readonly name: string;
  /** What it takes, as JSONata writes it: `<s-n?:s>`. */
  readonly signature: string;
  /** How many arguments functions that call it give it at most, where that is not how many it takes. */
  readonly arity?: number;
  /**
   * What it does. Its arguments fit the signature; those that are missing are undefined. It pays for its work before it
   * does it, and for what it makes.
   */
  readonly run: Native;
}
