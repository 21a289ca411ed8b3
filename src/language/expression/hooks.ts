import type { AstNode } from "./ast.ts";
import { ExpressionFailure } from "./expression-error.ts";
import type { Meter } from "./meter.ts";
import { payForValue, payForWriting, refuseLongText } from "./native-checks.ts";
import { meterOf, type Frame } from "./natives.ts";
import { createRegexEngine } from "./regex-engine.ts";
import { countEntries, isCallable } from "./weigh.ts";

/** Partial application makes a frame that every later look-up passes through, and parses a function. */
const PARTIAL_COST = 50;

const ENTRIES_PER_FUEL = 64;
const LOOKED_UP_PER_FUEL = 32;
const CHARACTERS_PER_FUEL = 4096;

/**
 * Pays for a node before JSONata evaluates it.
 *
 * @param node - The node.
 * @param input - The value it is evaluated against.
 * @param frame - The variables in scope, the meter among them.
 */
export function enterNode(node: AstNode, input: unknown, frame: Frame): void {
  const meter = meterOf(frame);
  meter.spend(1);
  switch (node.type) {
    case "name":
      if (Array.isArray(input)) {
        meter.spend(countEntries(input) / LOOKED_UP_PER_FUEL);
      }
      break;
    case "wildcard":
    case "descendant":
      if (isCallable(input)) {
        throw new ExpressionFailure("expression_failed", "`*` and `**` do not look into functions");
      }
      payForValue(input, meter);
      break;
    case "partial":
      meter.spend(PARTIAL_COST);
      break;
    case "regex":
      frame.base.RegexEngine = createRegexEngine(meter);
      break;
    default:
      // Every other node costs what its children cost.
      break;
  }
}

/**
 * Pays for the value that a node gave, and refuses values that are too large or do not belong where they go.
 *
 * @param node - The node.
 * @param _input - The value it was evaluated against.
 * @param frame - The variables in scope, the meter among them.
 * @param result - What it gave.
 */
export function leaveNode(node: AstNode, _input: unknown, frame: Frame, result: unknown): void {
  const meter = meterOf(frame);
  if (typeof result === "string") {
    refuseLongText(result.length);
    meter.spend(result.length / CHARACTERS_PER_FUEL);
  } else if (Array.isArray(result)) {
    meter.spend(result.length / ENTRIES_PER_FUEL);
  }
  if (node.metering !== undefined) {
    payForUse(node.metering, result, meter);
  }
}

function payForUse(metering: NonNullable<AstNode["metering"]>, result: unknown, meter: Meter): void {
  if (metering.member && isFunction(result)) {
    throw new ExpressionFailure("expression_failed", "a function cannot be a member of an object");
  }
  if (typeof result !== "object" || result === null) {
    return;
  }
  if (metering.text) {
    payForWriting(result, meter);
  } else if (metering.weigh) {
    payForValue(result, meter);
  }
}

/** JSONata unwraps a sequence of one only after this. */
function isFunction(result: unknown): boolean {
  return typeof result === "function" || (Array.isArray(result) && result.some((entry) => typeof entry === "function"));
}
