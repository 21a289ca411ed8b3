import type { BinaryOperator } from "./ast.ts";

/** How tightly operators bind what is on their left; those that are not here end an expression. */
export const BINDING: ReadonlyMap<string, number> = new Map([
  ...["[", "(", "@", "#"].map((text): [string, number] => [text, 80]),
  [".", 75],
  ["{", 70],
  ...["*", "/", "%"].map((text): [string, number] => [text, 60]),
  ...["+", "-", "&"].map((text): [string, number] => [text, 50]),
  ...["=", "<", ">", "!=", "<=", ">=", "in", "^", "~>", "?:", "??"].map((text): [string, number] => [text, 40]),
  ["and", 30],
  ["or", 25],
  ["?", 20],
  [":=", 10],
]);

/** How tightly `-` before a value binds it. */
export const NEGATE_BINDING = 70;

/** The operators that evaluate two operands and do nothing else. */
export const BINARY: ReadonlyMap<string, BinaryOperator> = new Map(
  (["+", "-", "*", "/", "%", "=", "!=", "<", "<=", ">", ">=", "&", "and", "or", "in"] as const).map((text) => [
    text,
    text,
  ]),
);

/** Operators that begin a value, or are one. */
export const PREFIXES: ReadonlySet<string> = new Set(["-", "(", "[", "{", "|", "*", "**", "%", "and", "or", "in"]);

/** Those of them that are a value. */
export const TERMINALS: ReadonlySet<string> = new Set(["*", "**", "%", "and", "or", "in"]);

/** What people write who think of another language, and what it is here. */
export const HINTS: ReadonlyMap<string, string> = new Map([
  ["!", "`not` is `$not(...)`, unequal is `!=`"],
  ["=", "equal is one `=`"],
  ["&", "`and` is written out, and `&` joins texts"],
  ["|", "`or` is written out, and `|` begins a transform"],
  ["~", "a function is applied with `~>`"],
]);
