import { array, boolean, constantFrom, letrec, oneof, option, record, tuple, type Arbitrary } from "fast-check";
import { GROWTHS, INPUTS, LOOPS, SEEDS, SINKS } from "./expression-attack-parts.ts";

/** An expression that means harm, and the name of what it is evaluated against: one of `INPUTS`. */
export interface ExpressionAttack {
  readonly source: string;
  readonly input: string;
}

/** Longest expression that is parsed at all. */
const SOURCE_LENGTH = 10_000;

const inputs = constantFrom(...Object.keys(INPUTS));
const counts = constantFrom(1, 2, 5, 20, 40, 300, 5000, 100_000);
const atoms = oneof(
  constantFrom(...SEEDS),
  constantFrom("$s", "input", "$$", "$", "$i", "input.text", "input.items", "input.a", "input.e", "%", "*", "**"),
);

/** Puts an expression in for each `S` of another one. */
function fill(form: string, part: string): string {
  return form.replaceAll(/\bS\b/g, () => part);
}

const growths = tuple(atoms, array(constantFrom(...GROWTHS), { minLength: 1, maxLength: 3 })).map(([atom, forms]) =>
  forms.reduce((part, form) => (part.length > 800 ? part : `(${fill(form, part)})`), atom),
);

const bodies = oneof(
  constantFrom(...GROWTHS).map((form) => fill(form, "$s")),
  growths,
  tuple(constantFrom(...SINKS), growths).map(([form, part]) => fill(form, part)),
);

/** A loop that makes something larger and larger, or does something again and again, and looks at what came of it. */
const loops = record({
  loop: constantFrom(...LOOPS),
  body: bodies,
  seed: oneof(constantFrom(...SEEDS), growths),
  count: counts,
  sink: option(constantFrom(...SINKS), { nil: "S" }),
}).map(({ loop, body, seed, count, sink }) => {
  const values: Readonly<Record<string, string>> = { BODY: body, SEED: seed, N: String(count) };
  const looped = loop.replaceAll(/\b(?:BODY|SEED|N)\b/g, (name) => values[name] ?? "");
  return sink === "S" ? looped : `($r := ${looped}; ${fill(sink, "$r")})`;
});

/** A value that is made once and looked at again and again. */
const repetitions = tuple(growths, constantFrom(...SINKS), constantFrom(...SINKS), counts).map(
  ([value, first, second, count]) =>
    `($r := ${value}; $map([1..${count}], function($i) { (${fill(first, "$r")}; ${fill(second, "$r")}) }))`,
);

const { regex } = letrec<{ regex: string; part: string }>((tie) => ({
  part: oneof(
    { maxDepth: 4 },
    constantFrom(
      "a",
      "b",
      "x",
      ".",
      "\\w",
      "\\d",
      "\\s",
      "\\b",
      "^",
      "$",
      "[a-z]",
      "[^ab]",
      "[\\w\\W]",
      "\\pL",
      "é",
      ",",
      "😀",
    ),
    tie("regex").map((inner) => `(${inner})`),
    tie("regex").map((inner) => `(?:${inner})`),
    tuple(tie("part"), constantFrom("*", "+", "?", "*?", "+?", "{2}", "{50}", "{1,300}", "{3,}", "{1000}")).map(
      (each) => each.join(""),
    ),
  ),
  regex: oneof(
    { maxDepth: 4 },
    array(tie("part"), { minLength: 1, maxLength: 4 }).map((parts) => parts.join("")),
    array(tie("part"), { minLength: 2, maxLength: 5 }).map((parts) => parts.join("|")),
  ),
}));

const searched = constantFrom(
  "input",
  "input.text",
  "$string(input)",
  "$pad('', 100000, 'ab')",
  "$pad('', 5000, 'a')",
  "$pad('', 300000, 'x, ')",
  "$pad('', 1000, 'ab') & 'c'",
);

const searches = tuple(regex, constantFrom("", "i", "m", "im"), searched, counts).chain(
  ([pattern, flags, text, count]) =>
    constantFrom(
      `$match(${text}, /${pattern}/${flags})`,
      `$contains(${text}, /${pattern}/${flags})`,
      `$split(${text}, /${pattern}/${flags})`,
      `$replace(${text}, /${pattern}/${flags}, '<$0$1$2>')`,
      `$replace(${text}, /${pattern}/${flags}, function($m) { $m.match & $m.next().match })`,
      `($t := ${text}; $map([1..${count}], function() { $contains($t, /${pattern}/${flags}) }))`,
      `(/${pattern}/${flags})(${text}).next().next()`,
    ),
);

const OPENINGS: readonly (readonly [string, string])[] = [
  ["(", ")"],
  ["[", "]"],
  ["{'a':", "}"],
  ["a[", "]"],
  ["a.(", ")"],
  ["a@$b[", "]"],
  ["a#$i[%.", "]"],
  ["a^(", ")"],
  ["a{b:", "}"],
  ["$f(", ")"],
  ["$f(?,", ")"],
  ["function($a){", "}"],
  ["λ($a)<n:n>{", "}"],
  ["|a|", "|"],
  ["($a:=", ";$a)"],
  ["-", ""],
  ["a?", ":b"],
  ["a ?? ", ""],
  ["(a ?? b/*(*/ ?? ", ")"],
  ["a~>", ""],
  ["a.", ""],
  ["a.%.", ""],
  ["*.", ""],
  ["**.", ""],
  ["a+", ""],
  ["a and ", ""],
  ["/*x*/", ""],
  ["a[0]", ""],
  ["[a..", "]"],
  ["1,", ""],
  ["'a':b,", ""],
  ["$a:=", ""],
  ["/a/,", ""],
  ["`a`.", ""],
  ["a@$b.", ""],
  ["a#$b.", ""],
  ["a^(b).", ""],
  ["$$.", ""],
  ["'\\u0041'&", ""],
];

/** Ten thousand characters of brackets, operators, steps and functions in each other and after each other. */
const nestings = tuple(
  array(constantFrom(...OPENINGS), { minLength: 1, maxLength: 3 }),
  constantFrom(3, 40, 190, 499, SOURCE_LENGTH),
  atoms,
  boolean(),
).map(([forms, most, atom, isListed]) => {
  const open = forms.map(([each]) => each).join("");
  const close = forms
    .map(([, each]) => each)
    .toReversed()
    .join("");
  const count = Math.min(most, Math.floor((SOURCE_LENGTH - atom.length) / (open.length + close.length)));
  const nested = open.repeat(count) + atom + close.repeat(count);
  const times = isListed ? Math.floor((SOURCE_LENGTH - 2) / (nested.length + 1)) : 0;
  return times > 1 ? `[${Array.from({ length: times }, () => nested).join(",")}]` : nested;
});

const WORDS = [
  "a",
  "$a",
  "1",
  "'x'",
  "`q`",
  "/r/",
  "(",
  ")",
  "[",
  "]",
  "{",
  "}",
  ",",
  ";",
  ":",
  ".",
  "@$b",
  "#$i",
  "^(",
  "%",
  "*",
  "**",
  "?",
  "??",
  "?:",
  ":=",
  "~>",
  "|",
  "&",
  "+",
  "-",
  "=",
  "!=",
  "<",
  ">",
  "<=",
  "..",
  "and",
  "in",
  "function($a)",
  "<s-n?>",
  "/*",
  "*/",
  '"',
  "\\",
  "$map",
  "$$",
  "input",
  "null",
  "1e400",
  "\u0000",
  "\ud83d",
  "${{",
  "}}",
];

/** Words in any order, to see that whatever cannot be read is refused with a reason. */
const soups = array(constantFrom(...WORDS), { minLength: 1, maxLength: 60 }).chain((words) =>
  constantFrom("", " ").map((between) => words.join(between)),
);

/** Any attack. */
export const expressionAttacks: Arbitrary<ExpressionAttack> = record({
  source: oneof(
    { weight: 6, arbitrary: loops },
    { weight: 4, arbitrary: repetitions },
    { weight: 4, arbitrary: searches },
    { weight: 2, arbitrary: nestings },
    { weight: 1, arbitrary: soups },
    { weight: 1, arbitrary: growths },
  ),
  input: inputs,
});
