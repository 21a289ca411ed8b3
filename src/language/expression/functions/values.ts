import { copyValue } from "../evaluation/copy-value.ts";
import { FunctionValue } from "../evaluation/evaluation.ts";
import { isTrue } from "../evaluation/truth.ts";
import { entriesOf, type Value } from "../evaluation/values.ts";
import { failureOf } from "../expression-error.ts";
import type { FunctionDefinition } from "./definition.ts";

/** Functions of values of any type, and those that stop an expression. */
export const VALUE_FUNCTIONS: readonly FunctionDefinition[] = [
  {
    name: "boolean",
    signature: "<x-:b>",
    run: (run, [value]) => (value === undefined ? undefined : isTrue(run, value)),
  },
  { name: "not", signature: "<x-:b>", run: (run, [value]) => (value === undefined ? undefined : !isTrue(run, value)) },
  { name: "exists", signature: "<x:b>", run: (_run, [value]) => value !== undefined },
  { name: "type", signature: "<x:s>", run: (_run, [value]) => nameOfType(value) },
  { name: "clone", signature: "<(oa)-:o>", run: (run, [value]) => copyValue(run, value).value },
  {
    name: "error",
    signature: "<s?:x>",
    run: (_run, [message]) => stop("D3137", message, "$error() function evaluated"),
  },
  {
    name: "assert",
    signature: "<bs?:x>",
    run: (_run, [condition, message]) =>
      condition === true ? undefined : stop("D3141", message, "$assert() statement failed"),
  },
];

function nameOfType(value: Value): Value {
  if (value === null) {
    return "null";
  }
  if (entriesOf(value) !== null) {
    return "array";
  }
  return value === undefined ? undefined : value instanceof FunctionValue ? "function" : typeof value;
}

function stop(code: string, message: Value, otherwise: string): never {
  throw failureOf(code, typeof message === "string" && message !== "" ? message : otherwise);
}
