import {
  array,
  constantFrom,
  letrec,
  oneof,
  option,
  record,
  tuple,
  type Arbitrary,
  type LetrecTypedTie,
  type LetrecValue,
} from "fast-check";

/** What the expressions are evaluated against: every shape of data that their names can meet. */
export const EXPRESSION_DATA: unknown = {
  a: { b: { c: 1, d: "x", n: [3, 1, 2] }, c: "one", d: null, e: true },
  b: 2,
  c: "text",
  d: [1, 2, 3],
  e: [],
  n: -1.5,
  items: [
    { a: 1, b: "p", c: [1, 2], d: { a: "u", b: [{ c: 7 }] } },
    { a: 2, b: "q", c: [], d: { a: "v", b: [{ c: 8 }, { c: 9 }] } },
    { a: 2, b: "p", c: [3], e: false },
  ],
  one: [{ a: 5, b: "z" }],
  nested: [[1, 2], [3], [[4]]],
  mixed: [1, "1", null, true, { a: 1 }, [1]],
  texts: ["b", "a", "c", "a"],
};

const NAMES = ["a", "b", "c", "d", "e", "n", "items", "one", "nested", "mixed", "texts", "missing"];
const VARIABLES = ["$", "$$", "$x", "$y", "$v"];
const BINARY = ["+", "-", "*", "/", "%", "=", "!=", "<", "<=", ">", ">=", "&", "and", "or", "in", "??", "?:"];

/** Regular expressions stand as arguments only: the library takes them nowhere else. */
const SEARCHES = [
  "$match(c, /[a-c]+/)",
  "$match(texts[0], /(.)|x/)",
  "$contains(c, /e/)",
  "$split(c, /[ex]/)",
  "$split('a-b-c', /-/, 2)",
  "$replace(c, /t(.)?/, '<$1$0$$>')",
  "$replace('abcd', /b|c/, function($v) { $v.match & $v.start })",
  "$map(texts, $match(?, /a|b/))",
];

/** Of a list, the library's `*` gives its own marks too. */
const WILDCARDS = ["$$.*", "a.*", "a.b.*", "items.*", "items.d.*", "**", "$$.**.c", "items.**"];

/** In the library a transform may change lists, and make an object a member of itself: these do neither. */
const TRANSFORMS = [
  "|a|{'k': 1}|",
  "|items|{'k': a & b, 'a': c}, 'b'|",
  "|items.d|{}, ['a', 'b']|",
  "|items[a > 1]|{'a': 'changed'}|",
  "|a.b|{'b': $count(n)}, 'n'|",
];

/** Functions and how many arguments they are given, the last of them a function where it says so. */
const CALLS: readonly (readonly [string, number, boolean])[] = [
  ...["sum", "count", "max", "min", "average", "string", "length", "lowercase", "uppercase", "trim"].map(one),
  ...["number", "abs", "floor", "ceil", "round", "sqrt", "boolean", "not", "keys", "exists", "spread"].map(one),
  ...["merge", "reverse", "type", "sort", "distinct", "clone", "zip", "join"].map(one),
  ...["substringBefore", "substringAfter", "substring", "split", "contains", "join", "append", "lookup"].map(two),
  ...["round", "power", "pad", "zip", "formatBase", "sum"].map(two),
  ["substring", 3, false],
  ["replace", 3, false],
  ["pad", 3, false],
  ...["map", "filter", "each", "sift", "sort", "reduce", "single"].map((name): readonly [string, number, boolean] => [
    name,
    1,
    true,
  ]),
  ["reduce", 2, true],
  ["string", 0, false],
  ["keys", 0, false],
];

function one(name: string): readonly [string, number, boolean] {
  return [name, 1, false];
}

function two(name: string): readonly [string, number, boolean] {
  return [name, 2, false];
}

interface Sources {
  readonly expression: string;
  readonly leaf: string;
  readonly path: string;
  readonly step: string;
  readonly lambda: string;
}

/**
 * Makes expressions of every form of the language, most of them with a sense. The library copies what is left of `??` and
 * `?:`, and a regular expression in it becomes one that matches for ever.
 */
export function expressionSources(): Arbitrary<string> {
  return letrec((tie: LetrecTypedTie<Sources>): LetrecValue<Sources> => {
    const expression = tie("expression");
    const step = tie("step");
    return {
      leaf: oneof(
        constantFrom(...NAMES, ...NAMES),
        constantFrom("0", "1", "2", "-1", "1.5", "''", "'a'", "'x'", "'12'", "true", "false", "null"),
        constantFrom(...VARIABLES, ...WILDCARDS, "$sum"),
        constantFrom(...SEARCHES),
      ),
      step: oneof(
        { maxDepth: 3 },
        constantFrom(...NAMES, "$", "%", "**", "'a'"),
        constantFrom(...NAMES),
        expression.map((inner) => `(${inner})`),
        array(expression, { maxLength: 2 }).map((items) => `[${items.join(", ")}]`),
        expression.map((inner) => `{'k': ${inner}}`),
      ),
      path: tuple(
        oneof(tie("leaf"), step),
        array(tuple(step, suffixes(expression)), { minLength: 1, maxLength: 3 }),
      ).map(([first, steps]) => [first, ...steps.map(([name, suffix]) => name + suffix)].join(".")),
      lambda: oneof(
        expression.map((body) => `function($v) { ${body} }`),
        expression.map((body) => `function($x, $y) { ${body} }`),
        expression.map((body) => `function($v, $x, $y) { ${body} }`),
        constantFrom("$string", "$uppercase", "$sum", "$append", "$keys", "$boolean", "$append(?, 1)"),
      ),
      expression: oneof(
        { depthSize: "small", maxDepth: 4, withCrossShrink: true },
        tie("leaf"),
        tie("path"),
        tie("path"),
        tuple(expression, suffixes(expression)).map(([base, suffix]) => `(${base})${suffix}`),
        tuple(tie("leaf"), suffixes(expression)).map(([base, suffix]) => base + suffix),
        tuple(expression, constantFrom(...BINARY), expression).map(([left, op, right]) => `(${left} ${op} ${right})`),
        tuple(expression, expression, option(expression)).map(([condition, yes, no]) =>
          no === null ? `(${condition} ? ${yes})` : `(${condition} ? ${yes} : ${no})`,
        ),
        array(expression, { maxLength: 3 }).map((items) => `[${items.join(", ")}]`),
        constantFrom("[1..3]", "[0..-1]", "[2..b]"),
        array(expression, { maxLength: 2 }).map(
          (items) => `{${items.map((item, index) => `'k${index}': ${item}`).join(", ")}}`,
        ),
        tuple(constantFrom("$x", "$y"), expression, expression).map(
          ([name, value, body]) => `(${name} := ${value}; ${body})`,
        ),
        tuple(constantFrom(...CALLS), array(expression, { minLength: 3, maxLength: 3 }), tie("lambda")).map(
          ([[name, count, isHigher], args, lambda]) => {
            const given = args.slice(0, count);
            const all = isHigher ? [given[0], lambda, ...given.slice(1)] : given;
            return `$${name}(${all.join(", ")})`;
          },
        ),
        tuple(tie("lambda"), array(expression, { maxLength: 3 })).map(
          ([lambda, args]) => `${lambda}(${args.join(", ")})`,
        ),
        tuple(expression, oneof(tie("lambda"), constantFrom("$map($string)", "$sum()", "$sum ~> $string"))).map(
          ([value, lambda]) => `(${value} ~> ${lambda})`,
        ),
        expression.map((value) => `-(${value})`),
        tuple(constantFrom(...TRANSFORMS), expression).map(([transform, value]) => `(${value} ~> ${transform})`),
      ),
    };
  }).expression.filter((source) => !(/\?[?:]/.test(source) && /[/]./.test(source)));
}

/** Filters, orders, bindings and groupings that follow a value. */
function suffixes(expression: Arbitrary<string>): Arbitrary<string> {
  const suffix = oneof(
    expression.map((filter) => `[${filter}]`),
    constantFrom("[0]", "[-1]", "[1]", "[]", "[a = 1]", "[a > 1]"),
    constantFrom("^(a)", "^(>a, b)", "^($)"),
    constantFrom("@$x", "#$y", "@$v#$y"),
    constantFrom("{b: a}", "{a & '': $count($)}", "{'all': $sum(a)}"),
  );
  return record({ some: array(suffix, { maxLength: 2 }), isThere: constantFrom(true, false, false) }).map(
    ({ some, isThere }) => (isThere ? some.join("") : ""),
  );
}
