import { InvariantError } from "../../domain/errors.ts";
import { ExpressionFailure } from "./expression-error.ts";
import type { Meter } from "./meter.ts";
import { NATIVE_CHECKS, refuseLongSequence, refuseLongText } from "./native-checks.ts";
import { createReplacements } from "./native-replacements.ts";
import { meterOf, readNatives, type Focus, type Implementation, type NativeFunction } from "./natives.ts";

/** Name of the function that stands for the range operator `..`; no expression can spell it: it has a space. */
export const RANGE_FUNCTION = "the range";

const CHARACTERS_PER_FUEL = 64;
const ENTRIES_PER_FUEL = 32;

let library: ReadonlyMap<string, NativeFunction> | null = null;

/**
 * Gives JSONata's functions with metering around each, made once per isolate.
 *
 * @returns What to bind, by name.
 */
export function getLibrary(): ReadonlyMap<string, NativeFunction> {
  library ??= createLibrary();
  return library;
}

function createLibrary(): ReadonlyMap<string, NativeFunction> {
  const natives = readNatives();
  const replacements = createReplacements(natives);
  const metered = new Map<string, NativeFunction>();
  for (const [name, native] of natives) {
    const implementation = replacements.get(name) ?? native.implementation;
    metered.set(name, seal(meterImplementation(name, implementation, native.implementation), native.signature));
  }
  metered.set(RANGE_FUNCTION, seal(makeRange, undefined));
  return metered;
}

function meterImplementation(name: string, implementation: Implementation, original: Implementation): Implementation {
  const check = NATIVE_CHECKS.get(name);
  const metered = function (this: Focus | undefined, ...args: readonly unknown[]): unknown {
    // Called as anything but a function of an expression, such as a part of a function that was taken apart.
    if (this?.environment === undefined) {
      throw new InvariantError(`$${name} was called from outside an expression`);
    }
    const meter = meterOf(this.environment);
    meter.spend(1);
    args.forEach((value) => payForArgument(name, value, meter));
    check?.(args, meter);
    const result = implementation.apply(this, [...args]);
    return result instanceof Promise
      ? result.then((settled: unknown) => payForResult(name, settled, meter))
      : payForResult(name, result, meter);
  };
  // JSONata reads the names and the number of parameters off the function, for partial application and for `$map`.
  return Object.defineProperties(metered, {
    length: { value: original.length },
    toString: { value: () => original.toString() },
  });
}

function payForArgument(name: string, value: unknown, meter: Meter): void {
  if (typeof value === "string") {
    meter.spend(value.length / CHARACTERS_PER_FUEL);
  } else if (Array.isArray(value)) {
    meter.spend(value.length / ENTRIES_PER_FUEL);
  } else if (typeof value === "number") {
    refuseNonFinite(name, value);
  }
}

function payForResult(name: string, result: unknown, meter: Meter): unknown {
  if (typeof result === "string") {
    refuseLongText(result.length);
    meter.spend(result.length / CHARACTERS_PER_FUEL);
  } else if (Array.isArray(result)) {
    meter.spend(result.length / ENTRIES_PER_FUEL);
  } else if (typeof result === "number") {
    refuseNonFinite(name, result);
  }
  return result;
}

/** Loops of the library that count digits never end for infinity. */
function refuseNonFinite(name: string, value: number): void {
  if (!Number.isFinite(value)) {
    throw new ExpressionFailure("expression_failed", `$${name} works with a number that is too large, or none`);
  }
}

/**
 * Makes what JSONata takes for one of its functions. It is shared by all evaluations of the isolate, so it cannot be
 * changed; JSONata notes on each function where it was last called, which would mix up evaluations, so that is dropped.
 */
function seal(implementation: Implementation, signature: unknown): NativeFunction {
  const native = { _jsonata_function: true, implementation, signature };
  const dropped = { get: () => undefined, set: () => undefined };
  return Object.freeze(Object.defineProperties(native, { token: dropped, position: dropped }));
}

function makeRange(this: Focus, from: unknown, to: unknown): unknown {
  if (from === undefined || to === undefined) {
    return undefined;
  }
  if (!Number.isInteger(from) || !Number.isInteger(to)) {
    throw new ExpressionFailure("expression_failed", "both ends of a range (`..`) must be whole numbers");
  }
  const [first, last] = [Number(from), Number(to)];
  const length = last - first + 1;
  if (length <= 0) {
    return undefined;
  }
  refuseLongSequence(length);
  meterOf(this.environment).spend(length / ENTRIES_PER_FUEL);
  const range = this.createSequence();
  for (let value = first; value <= last; value += 1) {
    range.push(value);
  }
  return range;
}
