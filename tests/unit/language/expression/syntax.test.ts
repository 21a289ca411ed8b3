import { array, assert, constantFrom, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { ExpressionFailure } from "../../../../src/language/expression/expression-error.ts";
import type { Node } from "../../../../src/language/expression/syntax/ast.ts";
import { parseExpression } from "../../../../src/language/expression/syntax/parse-expression.ts";
import { partsOf } from "../../../../src/language/expression/syntax/parts.ts";

function failureOf(source: string): ExpressionFailure | null {
  try {
    parseExpression(source);
    return null;
  } catch (error) {
    if (error instanceof ExpressionFailure) {
      return error;
    }
    throw error;
  }
}

function nodesOf(root: Node): readonly Node[] {
  const nodes = [root];
  for (const node of nodes) {
    nodes.push(...partsOf(node));
  }
  return nodes;
}

describe("what is no expression is refused where it goes wrong, with what was expected", () => {
  it.each<readonly [string, number, string]>([
    ["1 +", 3, "a value was expected"],
    ["(1", 2, "`)` was expected"],
    ["[1, ]", 4, "a value was expected"],
    ["{'a' 1}", 5, "`:` was expected"],
    ["a b", 2, "an operator or the end"],
    ["a == 1", 3, "equal is one `=`"],
    ["a && b", 3, "`and` is written out"],
    ["a || b", 2, "`or` is written out"],
    ["!a", 0, "`$not(...)`"],
    ["a.1", 2, "only names can"],
    ["'abc", 0, "is not closed"],
    ["'a\\x'", 2, "is no escape"],
    ["a /* b", 2, "the comment is not closed"],
    ["`a", 0, "backquote"],
    ["/a", 0, "is not closed"],
    ["$match(a, /(?=b)/)", 10, "no look-around"],
    ["function(a) { 1 }", 9, "must be a variable"],
    ["function($a)<x { 1 }", 15, "`>`"],
    ["1 := 2", 0, "must be a variable"],
    ["a@b", 2, "comes a variable"],
    ["a[0]@$b", 4, "before the filters"],
    ["a{b: c}{d: e}", 7, "one grouping only"],
    ["(a){b: c}[0]", 9, "cannot follow a grouping"],
    ["%.a", 0, "has no parent"],
    ["a.$eval('1')", 2, "switched off"],
    ["1e999", 0, "out of range"],
    ["9007199254740993", 0, "put it in quotes"],
    ["1 + 12345678901234567.5", 4, "would lose digits"],
    ["[1e-400]", 1, "would lose digits"],
    ["", 0, "is empty"],
  ])("%s", (source, position, says) => {
    const failure = failureOf(source);
    expect(failure?.message).toContain(says);
    expect(failure?.code).toBe("expression_syntax");
    expect(failure?.position ?? 0).toBe(position);
  });
});

describe("the tree of an expression", () => {
  it.each([
    "a.b[c > 1].d^(>e){f: g}",
    "a ?? b ?? c ?: d",
    "$f(?, 1) ~> $g ~> |a|{'b': 1}, 'c'|",
    "a@$x.b#$i[$i > 0].(%.c)",
    "function($a, $b)<n-s?:n> { $a ? [$b..3] : -$b }",
  ])("%s has a node for each part, each of them once", (source) => {
    const nodes = nodesOf(parseExpression(source));
    expect(new Set(nodes).size).toBe(nodes.length);
    expect(nodes.length).toBeLessThanOrEqual(source.length);
    expect(nodes.every(({ position }) => position >= 0 && position < source.length)).toBe(true);
  });

  it("has two nodes at most for each character of the expression, whatever it says", () => {
    const words = constantFrom(
      "a",
      ".",
      "[",
      "]",
      "(",
      ")",
      "{",
      "}",
      ":",
      "??",
      "?:",
      "?",
      "~>",
      "@$x",
      "#$i",
      "^(",
      "%",
      "1",
      "'s'",
      ",",
      "|",
      " ",
    );
    assert(
      property(array(words, { maxLength: 60 }), (parts) => {
        const source = parts.join("");
        const count = failureOf(source) === null ? nodesOf(parseExpression(source)).length : 0;
        expect(count).toBeLessThanOrEqual(2 * source.length);
      }),
      { numRuns: 5000 },
    );
  });

  it("of four thousand brackets is refused at once", () => {
    expect(failureOf("(".repeat(4000) + ")".repeat(4000))?.message).toContain("nests deeper than");
  });
});
