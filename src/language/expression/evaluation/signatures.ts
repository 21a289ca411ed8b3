import { failureOf } from "../expression-error.ts";
import type { EntryType, Parameter, Signature } from "../syntax/signature.ts";
import type { Evaluation } from "./evaluation.ts";
import { entriesOf, typeOf, type Value } from "./values.ts";

/** What a function is called with. */
export interface Call {
  readonly args: readonly Value[];
  /** The value that the call was evaluated against. */
  readonly context: Value;
}

/**
 * Matches arguments to the parameters of a function: puts the context in where that is allowed, makes lists where lists
 * are taken.
 *
 * @param run - What pays for looking into lists.
 * @param signature - What the function takes.
 * @param call - What it is given.
 * @returns The arguments, one for each parameter at least; throws an `ExpressionFailure` that names the one that is wrong.
 */
export function matchArguments(run: Evaluation, signature: Signature, { args, context }: Call): readonly Value[] {
  const { parameters } = signature;
  const counts = countInOrder(parameters, args) ?? countArguments(run, parameters, args);
  const matched: Value[] = [];
  let at = 0;
  for (const [index, parameter] of parameters.entries()) {
    const count = counts[index] ?? 0;
    if (count === 0 && parameter.usesContext) {
      matched.push(contextFor(parameter, context, at));
    } else if (count === 0) {
      // As in JSONata: what does not fit an optional parameter is given to it all the same.
      matched.push(args[at]);
      at += 1;
    }
    for (let left = count; left > 0; left -= 1) {
      matched.push(parameter.isList ? listFor(run, parameter, args[at], at) : args[at]);
      at += 1;
    }
  }
  return matched;
}

/** The usual case: each argument is for the parameter in its place. Null when it is not so simple. */
function countInOrder(parameters: readonly Parameter[], args: readonly Value[]): readonly number[] | null {
  if (args.length > parameters.length) {
    return null;
  }
  const counts: number[] = [];
  for (const [index, parameter] of parameters.entries()) {
    const isGiven = index < args.length;
    if (isGiven ? (parameter.types & typeOf(args[index])) === 0 : !parameter.isOptional) {
      return null;
    }
    counts.push(isGiven ? 1 : 0);
  }
  return counts;
}

/**
 * Finds how many arguments each parameter takes: the first ones as many as they can, so that the rest still fit. Which
 * rests fit is worked out from the end, in a table of parameters and arguments.
 */
function countArguments(run: Evaluation, parameters: readonly Parameter[], args: readonly Value[]): readonly number[] {
  run.spend(parameters.length * (args.length + 1));
  const types = args.map(typeOf);
  const fits: boolean[][] = [types.map(() => false).concat(true)];
  for (const parameter of parameters.toReversed()) {
    const [after = []] = fits;
    fits.unshift(fitsFrom(parameter, types, after));
  }
  if (fits[0]?.[0] !== true) {
    throw mismatch(parameters, types);
  }
  const counts: number[] = [];
  let at = 0;
  for (const [index, parameter] of parameters.entries()) {
    const count = longestCount(parameter, types.slice(at), (used) => fits[index + 1]?.[at + used] === true);
    counts.push(count);
    at += count;
  }
  return counts;
}

function fitsFrom(parameter: Parameter, types: readonly number[], after: readonly boolean[]): boolean[] {
  const fits = after.map((isFit) => isFit && parameter.isOptional);
  for (let index = types.length - 1; index >= 0; index -= 1) {
    const takes = (parameter.types & (types[index] ?? 0)) !== 0;
    const goesOn = after[index + 1] === true || (parameter.isVariadic && fits[index + 1] === true);
    fits[index] = fits[index] === true || (takes && goesOn);
  }
  return fits;
}

function longestCount(parameter: Parameter, types: readonly number[], fitsAfter: (used: number) => boolean): number {
  const most = parameter.isVariadic ? types.length : Math.min(1, types.length);
  const wrong = types.findIndex((type) => (parameter.types & type) === 0);
  for (let count = Math.min(most, wrong === -1 ? most : wrong); count > 0; count -= 1) {
    if (fitsAfter(count)) {
      return count;
    }
  }
  return 0;
}

function mismatch(parameters: readonly Parameter[], types: readonly number[]): Error {
  let at = 0;
  for (const parameter of parameters) {
    const count = longestCount(parameter, types.slice(at), () => true);
    if (count === 0 && !parameter.isOptional) {
      break;
    }
    at += count;
  }
  const what = at < types.length ? "is of a type that the function does not take there" : "is missing";
  return failureOf("T0410", `argument ${at + 1} ${what}`);
}

function contextFor(parameter: Parameter, context: Value, at: number): Value {
  if ((parameter.types & typeOf(context)) === 0) {
    throw failureOf("T0411", `argument ${at + 1} is missing, and the value at hand cannot stand in for it`);
  }
  return context;
}

function listFor(run: Evaluation, { entries: entryType }: Parameter, value: Value, at: number): Value {
  if (value === undefined) {
    return undefined;
  }
  const entries = entriesOf(value);
  if (entryType !== null) {
    refuseEntries(run, entries ?? [value], entryType, at);
  }
  return entries === null ? [value] : value;
}

function refuseEntries(run: Evaluation, entries: readonly Value[], { type, plural }: EntryType, at: number): void {
  run.readEntries(entries.length);
  if (entries.some((entry) => typeOf(entry) !== type)) {
    throw failureOf("T0412", `argument ${at + 1} must be a list of ${plural}`);
  }
}
