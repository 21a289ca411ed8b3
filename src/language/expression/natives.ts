import jsonata from "jsonata";
import { InvariantError } from "../../domain/errors.ts";
import type { Meter } from "./meter.ts";

/** Called by JSONata before and after it evaluates a node, when bound under these names. */
export const ENTRY_HOOK = Symbol.for("jsonata.__evaluate_entry");

/** See `ENTRY_HOOK`. */
export const EXIT_HOOK = Symbol.for("jsonata.__evaluate_exit");

/**
 * Name of the variable that holds the meter of an evaluation. No expression can spell it: it has a space. Hooks and
 * functions find the meter through it, because compiled expressions are shared by evaluations that run side by side.
 */
export const METER_VARIABLE = "the meter";

/** A frame of variables, as JSONata hands it to hooks and functions. */
export interface Frame {
  readonly lookup: (name: string | symbol) => unknown;
  /** When the evaluation began. */
  readonly timestamp: Date;
  /** The outermost frame of the evaluation. */
  readonly base: { RegexEngine: unknown };
}

/** What JSONata gives its functions as `this`. */
export interface Focus {
  readonly environment: Frame;
  readonly createSequence: (...items: readonly unknown[]) => unknown[];
}

/** The JavaScript behind one of JSONata's functions. */
export type Implementation = (this: Focus, ...args: readonly unknown[]) => unknown;

/** One of JSONata's functions, as bound to its name. */
export interface NativeFunction {
  readonly implementation: Implementation;
  readonly signature: unknown;
}

const NAMES = `
  sum count max min average string substring substringBefore substringAfter lowercase uppercase length trim pad match
  contains replace split join formatNumber formatBase formatInteger parseInteger number floor ceil round abs sqrt power
  random boolean map zip filter single reduce sift not keys lookup append exists spread merge reverse each error assert
  type sort shuffle distinct base64encode base64decode encodeUrlComponent encodeUrl decodeUrlComponent decodeUrl eval
  toMillis fromMillis clone now millis`;

/** The functions of JSONata 2.2, all of them: those that are missing here would run unmetered. */
export const NATIVE_NAMES: readonly string[] = NAMES.trim().split(/\s+/);

/**
 * Reads JSONata's own functions out of the library, which does not export them.
 *
 * @returns The functions by name; throws an `InvariantError` when this version of JSONata lacks the hook or a function.
 */
export function readNatives(): ReadonlyMap<string, NativeFunction> {
  const frame = captureFrame();
  const natives = new Map<string, NativeFunction>();
  for (const name of NATIVE_NAMES) {
    const native = frame.lookup(name);
    if (!isNative(native)) {
      throw new InvariantError(
        `JSONata has no function $${name}: this version is not the one the metering was made for`,
      );
    }
    natives.set(name, native);
  }
  return natives;
}

/**
 * Finds the meter of the evaluation that a frame belongs to.
 *
 * @param frame - Any frame of it.
 * @returns The meter; throws an `InvariantError` when there is none, since nothing may run unmetered.
 */
export function meterOf(frame: Frame): Meter {
  const meter = frame.lookup(METER_VARIABLE);
  if (!isMeter(meter)) {
    throw new InvariantError("an expression is evaluated without a meter");
  }
  return meter;
}

/** The hook of the first node runs before `evaluate` first yields, so the frame is there when it returns. */
function captureFrame(): Frame {
  const frames: Frame[] = [];
  const engine: HookableEngine = jsonata("0");
  engine.assign(ENTRY_HOOK, (_node: unknown, _input: unknown, frame: Frame) => {
    frames.push(frame);
  });
  void engine.evaluate(null);
  const [frame] = frames;
  if (frame === undefined) {
    throw new InvariantError(
      "JSONata does not call its entry hook: this version is not the one the metering was made for",
    );
  }
  return frame;
}

/** JSONata's types know text as names of variables only; symbols are what its hooks are found by. */
interface HookableEngine {
  assign(name: string | symbol, value: unknown): void;
  evaluate(input: unknown): Promise<unknown>;
}

function isNative(value: unknown): value is NativeFunction {
  return (
    typeof value === "object" &&
    value !== null &&
    "implementation" in value &&
    typeof value.implementation === "function"
  );
}

function isMeter(value: unknown): value is Meter {
  return typeof value === "object" && value !== null && "spend" in value;
}
