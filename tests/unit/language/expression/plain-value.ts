import { compileExpression } from "../../../../src/language/expression/compile-expression.ts";
import { Evaluation } from "../../../../src/language/expression/evaluation/evaluation.ts";
import { entriesOf, isObject, memberOf, type Value } from "../../../../src/language/expression/evaluation/values.ts";
import { NOW } from "./scope.ts";

/** Enough for what a person writes on purpose, many times over. */
const FUEL = 4_000_000;

/** Evaluates an expression against any data; throws what it throws. */
export function evaluateAgainst(source: string, data: unknown, fuel = FUEL): unknown {
  const compiled = compileExpression(source);
  if (!compiled.ok) {
    throw new Error(compiled.error.message);
  }
  const run = new Evaluation(data as Value, fuel, { nowMs: NOW.getTime(), seed: 1 });
  return plainOf(compiled.expression.evaluate(run));
}

/** Takes the marks off a value; functions become a word, members that are nothing are left out. */
function plainOf(value: Value): unknown {
  const entries = entriesOf(value);
  if (entries !== null) {
    return entries.map((entry) => plainOf(entry) ?? null);
  }
  if (isObject(value)) {
    const members = Object.keys(value).map((name) => [name, plainOf(memberOf(value, name))] as const);
    return Object.fromEntries(members.filter(([, member]) => member !== undefined));
  }
  return typeof value === "object" && value !== null ? "a function" : value;
}
