import { describe, expect, it } from "vitest";
import type { Json } from "../../../../src/domain/json.ts";
import type { EvaluateResult } from "../../../../src/language/expression/evaluate.ts";
import { isWithinCpuMs } from "../../../support/cpu-time.ts";
import { evaluate } from "./scope.ts";

/** Alone on a core each takes at most half of this. */
const ATTACK_CPU_MS_MAX = 300;

interface Attack {
  readonly what: string;
  readonly source: string;
  /** The code of the error; null when the attack just ends. */
  readonly code: string | null;
}

const ATTACKS: readonly Attack[] = [
  { what: "an endless tail recursion", source: "($f := function($x) { $f($x + 1) }; $f(1))", code: "expression_fuel" },
  {
    what: "an endless recursion",
    source: "($f := function($x) { 1 + $f($x + 1) }; $f(1))",
    code: "expression_too_deep",
  },
  {
    what: "a mutual recursion",
    source: "($f := function($x) { [$g($x)] }; $g := function($x) { [$f($x)] }; $f(1))",
    code: "expression_too_deep",
  },
  {
    what: "a range of numbers that adding 1 does not change",
    source: "($n := $power(2, 53); [$n + 2..$n + 2])",
    code: null,
  },
  {
    what: "a URL with names taken apart again and again",
    source:
      "($u := 'https://example.com/?' & $join([1..20000].('n' & $), '&'); $map([1..100], function() { $parseUrl($u) }))",
    code: "expression_fuel",
  },
  {
    what: "dates in words",
    source: `$map([1..300], function() { $toMillis('${"two".repeat(50)}', '${"[Yw]".repeat(50)}') })`,
    code: "expression_fuel",
  },
  {
    what: "a text searched where each character could begin what is sought",
    source: "($t := $pad('', 100000, 'a'); $map([1..1000], function() { $contains($t, 'ab') }))",
    code: "expression_fuel",
  },
  { what: "a range of ten million", source: "[1..9999999]", code: "expression_too_large" },
  {
    what: "nine hundred ranges side by side",
    source: `[${Array.from({ length: 900 }, () => "[1..9999]").join(",")}]`,
    code: "expression_too_large",
  },
  {
    what: "a regular expression that backtracks",
    source: "$match('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!', /^(a+)+$/)",
    code: null,
  },
  {
    what: "a search that starts over at every match",
    source: "$match($pad('', 60000, 'a'), /a.*b|a/)",
    code: "expression_fuel",
  },
  {
    what: "a regular expression of many states",
    source: "$match($pad('', 60000, 'ab'), /(a|b|ab){500}(a|b|ab){400}$/)",
    code: "expression_fuel",
  },
  {
    what: "a regular expression whose states are all alive",
    source: "$match($pad('', 30000, 'a'), /(a|b|ab){100}$/)",
    code: "expression_fuel",
  },
  {
    what: "a text that doubles",
    source: "$reduce([1..40], function($s, $i) { $s & $s }, 'x')",
    code: "expression_too_large",
  },
  {
    what: "a list that doubles",
    source: "$reduce([1..40], function($s, $i) { $append($s, $s) }, [1])",
    code: "expression_too_large",
  },
  {
    what: "an object that doubles",
    source: "$reduce([1..60], function($s, $i) { {'a': $s, 'b': $s} }, 1)",
    code: "expression_too_large",
  },
  {
    what: "an object that doubles and is compared",
    source:
      "($f := function() { $reduce([1..16], function($s, $i) { {'a': $s, 'b': $s} }, 1) }; $map([1..1000], function() { $f() = $f() }))",
    code: "expression_fuel",
  },
  {
    what: "an object that doubles and is written",
    source:
      "($x := $reduce([1..15], function($s, $i) { {'a': $s, 'b': $s} }, 1); $map([1..1000], function() { $string($x) }))",
    code: "expression_fuel",
  },
  { what: "a padding of half a gigabyte", source: "$pad('x', 500000000)", code: "expression_too_large" },
  {
    what: "a padding of many characters",
    source: "$pad('x', 1000000, $pad('', 1000000, 'y'))",
    code: null,
  },
  {
    what: "a map in a map, a thousand each",
    source: "$map([1..1000], function($i) { $map([1..1000], function($j) { $i * $j }) })",
    code: "expression_fuel",
  },
  { what: "lists joined with themselves", source: "($x := [1..5000]; $x.$x.$x)", code: "expression_too_large" },
  {
    what: "items multiplied by a filter",
    source: "($x := [1..5000]; $y := $map($x, function() { 0 }); $x[$y])",
    code: "expression_fuel",
  },
  {
    what: "a replacement that grows",
    source: "$replace($pad('', 500000, 'a'), 'a', $pad('', 500000, 'b'))",
    code: "expression_too_large",
  },
  {
    what: "joining with a long separator",
    source: "$join($map([1..9000], $string), $pad('', 1000, 'y'))",
    code: "expression_too_large",
  },
  {
    what: "a search for a long text",
    source: "$contains($pad('', 500000, 'a'), 'b' & $pad('', 250000, 'a'))",
    code: null,
  },
  { what: "sorting ten thousand", source: "$sort([1..10000], function($a, $b) { $a < $b })", code: null },
  { what: "ordering ten thousand", source: "[1..10000]^(>$)", code: null },
  {
    what: "an empty separator of numbers",
    source: "$formatNumber(1, '#,##0', {'grouping-separator': ''})",
    code: "expression_failed",
  },
  {
    what: "a picture of many separators",
    source: "$formatNumber(1, $pad('', 100000, '#,'))",
    code: "expression_failed",
  },
  {
    what: "infinity as letters",
    source: "$formatInteger($number('0x' & $pad('', 400, 'F')), 'A')",
    code: "expression_failed",
  },
  { what: "a huge roman number", source: "$formatInteger(1e300, 'I')", code: "expression_failed" },
  {
    what: "a year of a billion digits",
    source: "$fromMillis(0, '[Y,999999999-999999999]')",
    code: "expression_failed",
  },
  { what: "a width in hexadecimal", source: "$now('[Y,0x3B9ACA00-0x3B9ACA00]')", code: "expression_failed" },
  {
    what: "a picture that backtracks",
    source: "$toMillis('1111111111111111111111111x', '[Y][M][D][H][m][s][f]')",
    code: null,
  },
  {
    what: "partial applications of partial applications",
    source: "($f := function($x) { $x }; $g := function($h, $n) { $n = 0 ? 1 : $g($h(?), $n - 1) }; $g($f, 5000))",
    code: null,
  },
  {
    what: "a pattern of every descendant",
    source:
      "($x := $reduce([1..14], function($s, $i) { {'a': $s, 'b': $s} }, 1); $map([1..1000], function() { $count($x.**) }))",
    code: "expression_fuel",
  },
  { what: "an object that poses as a promise", source: "{'then': /x/}", code: "expression_result" },
  {
    what: "a function that poses as a promise",
    source: "(function($f) { {'th' & 'en': $f} })(function($a, $b) { 1 })",
    code: "expression_result",
  },
  { what: "a row that poses as a promise", source: "[1]@$then", code: null },
  { what: "changing a function of the library", source: "|$sum|{'implementation': 1}|", code: "expression_result" },
  { what: "looking into a function", source: "(function($x) { $x }).**", code: "expression_result" },
  { what: "taking a function apart", source: "$spread($sum).implementation([1])", code: "expression_failed" },
  { what: "a signature that backtracks", source: "function($a)<s+s+s+s+s+s+s+s+:s>{ 1 }", code: "expression_result" },
  { what: "defaults of defaults", source: `${"(".repeat(40)}a${" ?? b)".repeat(40)}`, code: null },
  { what: "four thousand brackets", source: `${"(".repeat(4000)}1${")".repeat(4000)}`, code: "expression_syntax" },
  {
    what: "a list that doubles in the last call, then is walked",
    source: "$reduce([1..40], function($s,$i){ $i=40 ? $filter([1], function(){$s}) : $zip($s,$s) }, [0])",
    code: "expression_fuel",
  },
  {
    what: "defaults that hide in comments",
    source: `${"(".repeat(60)}a${" ?? b/*(*/)".repeat(60)}`,
    code: null,
  },
  {
    what: "twenty wide classes of a regular expression without case",
    source: `$match('a', /${"[\\u0000-\\uffff]".repeat(20)}/i)`,
    code: null,
  },
  {
    what: "six hundred wide classes",
    source: `[${Array.from({ length: 600 }, () => "$match('a',/[!-~]/i)")
      .join(",")
      .slice(0, 9000)}, 1`,
    code: "expression_syntax",
  },
  { what: "four thousand operators in a row", source: `1${"+1".repeat(4000)}`, code: "expression_syntax" },
  { what: "three thousand filters in a row", source: `input${"[0]".repeat(3000)}`, code: null },
  { what: "three thousand names in a row", source: `input${".a".repeat(3000)}`, code: "expression_syntax" },
  { what: "a name of ten thousand characters", source: "a".repeat(10_000), code: null },
  { what: "a comment that never ends", source: `1 ${"/* ".repeat(3000)}`, code: "expression_syntax" },
  {
    what: "wide rows",
    source: "([1..40]@$a.$$.input@$b; $l := [1..60]; $l@$a.$l@$b.$l@$c.$l@$d.($a + $b + $c + $d))",
    code: "expression_too_large",
  },
  {
    what: "an error that shows a huge value",
    source: "$number($pad('', 1000000, 'x'))",
    code: "expression_failed",
  },
  {
    what: "an object that is a member of itself",
    source: "({'a': {'b': 1}} ~> |a|{'x': $, 'y': $}|)",
    code: "expression_too_deep",
  },
  {
    what: "a search for a text that nearly fits everywhere",
    source: "$contains($pad('', 1000000, 'a'), $pad('', 5000, 'a') & 'b' & $pad('', 5000, 'a'))",
    code: null,
  },
  { what: "the prototype", source: "input.__proto__.constructor.constructor('return 1')", code: null },
];

describe("expressions of strangers", () => {
  it.each(ATTACKS)("$what ends in a clear error, soon", async ({ source, code }) => {
    const results: EvaluateResult[] = [];
    const isSoon = await isWithinCpuMs(ATTACK_CPU_MS_MAX, () => results.push(evaluate(source)));
    const errors = results.map((result) => (result.ok ? null : result.error));
    expect(new Set(errors.map((error) => error?.code ?? null))).toEqual(new Set([code]));
    expect(errors.every((error) => (error?.message.length ?? 0) < 500)).toBe(true);
    expect(isSoon).toBe(true);
  });

  it.each(["_jsonata_lambda", "_jsonata_function", "sequence", "then", "isSequence", "__proto__", "items"])(
    "data with a member %s is data",
    (name) => {
      const input: Json = JSON.parse(
        `{"e": {"${name}": true, "body": {"type": "regex"}, "arguments": [1], "length": 2}, "l": [{"${name}": true, "id": 1}]}`,
      );
      expect(evaluate("input.l.id", input)).toEqual({ ok: true, value: 1 });
      expect(evaluate("$type(input.e)", input)).toEqual({ ok: true, value: "object" });
      expect(evaluate("input.e", input)).toEqual({ ok: true, value: Reflect.get(Object(input), "e") });
      expect(evaluate("($e := input.e; $f := $e(?, 1); $f(/x/))", input)).toMatchObject({ ok: false });
      expect(evaluate("$replace('abc', 'b', input.e)", input)).toMatchObject({ ok: false });
      expect(evaluate(`$merge([{'a': 1}, input.l[0]]).${name === "__proto__" ? "`__proto__`" : name}`, input)).toEqual({
        ok: true,
        value: true,
      });
    },
  );

  it("an attack leaves the functions of the library as they were", () => {
    evaluate("($sum := 1; $clone := function($x) { $x }; $then := 2; $sum)");
    expect(evaluate("$sum([1, 2])")).toEqual({ ok: true, value: 3 });
  });

  it("a failed branch of a list stops the others", () => {
    const result = evaluate("[$error('stop'), $map([1..5000], function($x) { $x })]");
    expect(result).toMatchObject({ ok: false, error: { code: "expression_failed" } });
  });
});
