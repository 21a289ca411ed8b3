import * as fc from "fast-check";
import type { Json } from "../../src/domain/json.ts";

/**
 * Texts of JSONata by its grammar, over the fields that `documents` has. Functions and operators are mixed so that most
 * texts give a value and some give an error; what takes long by design belongs to the attacks, not here.
 */

const FIELDS = ["a", "b", "c", "items", "name", "`odd name`"];

const scalar: fc.Arbitrary<Json> = fc.oneof(
  fc.integer({ min: -20, max: 20 }),
  fc.constantFrom(0.5, -1.25, 1e3),
  fc.constantFrom("", "a", "b", "ab", "Ä", "😀x", "a,b", "12", " x "),
  fc.boolean(),
  fc.constant(null),
);

const { value } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    scalar,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom("a", "b", "c", "items", "name", "odd name"), tie("value"), { maxKeys: 4 }),
  ),
}));

/** Input documents: objects of the fields that the grammar reads, also nested and repeated. */
export const documents: fc.Arbitrary<Json> = fc.record(
  {
    a: value,
    b: value,
    c: value,
    items: fc.array(fc.record({ a: scalar, b: value, name: scalar }, { requiredKeys: [] }), { maxLength: 4 }),
    name: scalar,
    "odd name": value,
  },
  { requiredKeys: ["a", "items"] },
);

const literal = fc.oneof(
  fc.integer({ min: 0, max: 9 }).map(String),
  fc.constantFrom("-1", "2.5", '"a"', "'b'", '""', '"a,b"', "true", "false", "null", "/a+/", "/[a-z]/i", "$", "$$"),
);

/** One-argument functions that take most values. */
const UNARY = [
  "$string",
  "$count",
  "$sum",
  "$max",
  "$min",
  "$average",
  "$number",
  "$boolean",
  "$not",
  "$exists",
  "$keys",
  "$length",
  "$uppercase",
  "$lowercase",
  "$trim",
  "$reverse",
  "$distinct",
  "$sort",
  "$spread",
  "$merge",
  "$type",
  "$abs",
  "$floor",
  "$ceil",
  "$round",
  "$base64encode",
  "$encodeUrlComponent",
  "$decodeUrlComponent",
];

const BINARY = ["$append", "$lookup", "$zip"];
const OF_TEXTS = ["$split", "$contains", "$substringBefore", "$substringAfter", "$join"];
const WITH_FUNCTION = ["$map", "$filter", "$sift", "$each", "$sort", "$single"];
const OPERATORS = ["+", "-", "*", "/", "%", "&", "=", "!=", "<", "<=", ">", ">=", "and", "or", "in", "??", "?:"];

const field = fc.constantFrom(...FIELDS);

const nested = fc.letrec<{ any: string; path: string; step: string; text: string }>((tie) => ({
  step: fc.oneof(
    field,
    field.map((name) => `${name}[0]`),
    field.map((name) => `${name}[-1]`),
    field.map((name) => `${name}[]`),
    fc.constantFrom("*", "**", "%", "$"),
    fc.tuple(field, tie("any")).map(([name, filter]) => `${name}[${filter}]`),
    fc.tuple(field, field).map(([name, key]) => `${name}{${key}: $count($)}`),
    fc.tuple(field, field).map(([name, key]) => `${name}^(>${key})`),
    fc.tuple(field, fc.constantFrom("v", "w")).map(([name, index]) => `${name}#$${index}`),
    fc.tuple(field, fc.constantFrom("v", "w")).map(([name, index]) => `${name}@$${index}`),
    tie("any").map((inner) => `(${inner})`),
    tie("any").map((inner) => `{"k": ${inner}}`),
    tie("any").map((inner) => `[${inner}]`),
  ),
  path: fc
    .array(tie("step"), { minLength: 1, maxLength: 3 })
    .map((steps) => steps.join("."))
    .map((path) => (path.startsWith("%") ? `a.${path}` : path)),
  text: fc.oneof(
    fc.constantFrom('"a"', '"b,a"', "'äb'", "name", '"😀 x"'),
    tie("any").map((of) => `$string(${of})`),
    fc.tuple(tie("any"), tie("any")).map(([left, right]) => `(${left} & ${right})`),
  ),
  any: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    { arbitrary: literal, weight: 2 },
    { arbitrary: field, weight: 2 },
    { arbitrary: tie("path"), weight: 4 },
    fc.constantFrom("$v", "$w"),
    fc
      .tuple(tie("any"), fc.constantFrom(...OPERATORS), tie("any"))
      .map(([left, op, right]) => `(${left}) ${op} (${right})`),
    fc.tuple(tie("any"), tie("any"), tie("any")).map(([test, yes, no]) => `${test} ? ${yes} : ${no}`),
    fc.tuple(tie("any"), tie("any")).map(([first, last]) => `[${first}, ${last}]`),
    fc.tuple(fc.integer({ min: -2, max: 3 }), fc.integer({ min: 0, max: 6 })).map(([from, to]) => `[${from}..${to}]`),
    fc.tuple(tie("any"), tie("any")).map(([first, last]) => `{"x": ${first}, "y": ${last}}`),
    fc.tuple(tie("any"), tie("any")).map(([bound, body]) => `($v := ${bound}; ${body})`),
    fc.tuple(fc.constantFrom(...UNARY), tie("any")).map(([name, of]) => `${name}(${of})`),
    fc
      .tuple(fc.constantFrom(...BINARY), tie("any"), tie("any"))
      .map(([name, left, right]) => `${name}(${left}, ${right})`),
    fc
      .tuple(fc.constantFrom(...WITH_FUNCTION), tie("any"), tie("any"))
      .map(([name, over, body]) => `${name}(${over}, function($v, $w) { ${body} })`),
    fc.tuple(tie("any"), tie("any")).map(([over, body]) => `$reduce(${over}, function($v, $w) { ${body} })`),
    fc.tuple(tie("any"), fc.constantFrom(...UNARY)).map(([of, name]) => `${of} ~> ${name}`),
    fc
      .tuple(tie("path"), field, tie("any"))
      .map(([path, name, to]) => `$ ~> |${path}|{"${name.replaceAll("`", "")}": ${to}}|`),
    fc
      .tuple(fc.constantFrom(...OF_TEXTS), tie("text"), tie("text"))
      .map(([name, left, right]) => `${name}(${left}, ${right})`),
    fc
      .tuple(fc.constantFrom(...BINARY, ...OF_TEXTS), tie("text"), tie("any"))
      .map(([name, first, second]) => `(${name}(?, ${second}))(${first})`),
    fc
      .tuple(tie("text"), fc.integer({ min: -3, max: 4 }), fc.integer({ min: 0, max: 4 }))
      .map(([of, from, length]) => `$substring(${of}, ${from}, ${length})`),
    fc.tuple(tie("text"), fc.integer({ min: -6, max: 6 })).map(([of, width]) => `$pad(${of}, ${width}, "#-")`),
    fc.tuple(tie("text"), tie("text")).map(([of, by]) => `$replace(${of}, /a/, ${by})`),
    tie("text").map((of) => `$match(${of}, /[a-z0-9]+/)`),
  ),
}));

/** Any text of the grammar, nested a few levels. With a regular expression under `??` or `?:` the library never ends. */
export const expressions: fc.Arbitrary<string> = nested.any.filter(
  (text) => !(/\?\?|\?:/.test(text) && /\/[a[]/.test(text)),
);
