import { isDeepStrictEqual } from "node:util";
import { assert, jsonValue, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "../../../../src/domain/json.ts";
import { evaluateCondition, evaluateTemplate } from "../../../../src/language/expression/evaluate.ts";
import { isWithinCpuMs } from "../../../support/cpu-time.ts";
import { contextOf, evaluate, NOW } from "./scope.ts";

const INPUT: Json = {
  city: "Rome",
  count: 2,
  none: null,
  items: [
    { n: 1, tags: ["a"] },
    { n: 2, tags: [] },
  ],
  one: [5],
  nested: { deep: { value: false } },
};
const context = contextOf(INPUT, { a: { body: { ok: true } }, skipped: null });

function resolve(template: Json, missing: "null" | "omit" = "null"): Json {
  const result = evaluateTemplate(template, context, { now: NOW, missing });
  return result.ok ? result.value : result.error.code;
}

describe("resolving a template", () => {
  it.each<readonly [string, Json]>([
    ["${{ input.count }}", 2],
    ["${{ input.nested }}", { deep: { value: false } }],
    ["${{ input.none }}", null],
    ["${{ input.one }}", [5]],
    ["${{ input.items.n }}", [1, 2]],
    ["${{ input.items[0].n[] }}", [1]],
    ["${{ steps.a.body.ok }}", true],
    ["${{ steps.skipped.anything }}", null],
    ["${{ errors.broken.code }}", "timeout"],
    ["${{ run.version }}", 3],
    ["${{ step.attempt }}", 2],
    ["${{ -9007199254740991 }}", -9007199254740991],
    ["${{ '9007199254740993' }}", "9007199254740993"],
    [`\${{ $parseJson('{"id":9007199254740993,"n":2.50}') }}`, { id: "9007199254740993", n: 2.5 }],
    ["${{ $parseJson('[1e400, -18446744073709551615]') }}", ["1e400", "-18446744073709551615"]],
    ['${{ {"a": {"b": 1}} }}', { a: { b: 1 } }],
    ["${{ '}}' }}", "}}"],
    ["${{ '${{' }}", "${{"],
    ["${{ $sum(input.items.n) * 2 }}", 6],
  ])("%s alone gives its value, whatever its type", (template, value) => {
    expect(resolve(template)).toEqual(value);
  });

  it("expressions in text are put into it: objects as JSON, nothing as nothing", () => {
    expect(resolve("${{ input.city }}: ${{ input.count }}")).toBe("Rome: 2");
    expect(resolve("<${{ input.nested }}|${{ input.none }}|${{ input.missing }}|${{ input.one }}>")).toBe(
      '<{"deep":{"value":false}}|||[5]>',
    );
    expect(resolve(" ${{ input.count }}")).toBe(" 2");
  });

  it("everything else in a template stays as it is", () => {
    const template: Json = { a: [1, null, true, "$ { } {{ }} $x"], b: { c: "plain" } };
    expect(resolve(template)).toEqual(template);
  });

  it("missing values are null in outputs, and leave their name out where that is asked for", () => {
    const template: Json = {
      here: "${{ input.city }}",
      gone: "${{ input.missing }}",
      list: ["${{ input.missing }}"],
      none: "${{ input.none }}",
    };
    expect(resolve(template)).toEqual({ here: "Rome", gone: null, list: [null], none: null });
    expect(resolve(template, "omit")).toEqual({ here: "Rome", list: [null], none: null });
  });

  it("a plain path and the same path through JSONata give the same value", () => {
    const paths = [
      "input.city",
      "input.items",
      "input.one",
      "input.items.n",
      "input.nested.deep.value",
      "input.none.x",
      "input.x.y",
      "input.items.tags",
    ];
    for (const path of paths) {
      expect(resolve(`\${{ ${path} }}`)).toEqual(resolve(`\${{ (${path}) }}`));
    }
  });

  it("texts that hold no expression come out as they went in", () => {
    assert(
      property(jsonValue(), (template) => {
        const json: Json = JSON.parse(JSON.stringify(template).replaceAll("${{", ""));
        expect(resolve(json)).toEqual(json);
      }),
    );
  });

  it("no expression makes evaluating a template reject", () => {
    assert(
      property(string({ unit: "grapheme-ascii", maxLength: 30 }), (source) => {
        const result = evaluateTemplate(`\${{ ${source} }}`, context, { now: NOW });
        expect(typeof result.ok).toBe("boolean");
      }),
      { numRuns: 300 },
    );
  });

  it("the context is not changed", () => {
    const before = JSON.stringify(context);
    resolve(
      "${{ ($merge([input, {'city': 1}]); $sort(input.items, function($a, $b) { $a.n < $b.n }); $append(input.items, 1)) }}",
    );
    expect(JSON.stringify(context)).toBe(before);
  });
});

describe("evaluating a condition", () => {
  it.each([
    ["input.count > 1", true],
    ["input.city = 'Oslo'", false],
    ["input.missing", false],
    ["input.none", false],
    ["input.items", true],
    ["[]", false],
    ["[0, false]", false],
    ["{}", false],
    ["''", false],
    ["$not(input.missing.deeper)", false],
    ["$exists(input.city) and input.count", true],
  ])("%s is %j", (source, value) => {
    expect(evaluateCondition(source, context, { now: NOW })).toEqual({ ok: true, value });
  });

  it("a condition that fails says so instead of being false", () => {
    expect(evaluateCondition("1 + 'a'", context, { now: NOW })).toMatchObject({
      ok: false,
      error: { code: "expression_failed" },
    });
    expect(evaluateCondition("1 +", context, { now: NOW })).toMatchObject({
      ok: false,
      error: { code: "expression_syntax" },
    });
  });
});

describe("errors of expressions", () => {
  it.each<readonly [string, string, string]>([
    ["1 +", "expression_syntax", "at character 4"],
    ["$sqrt(-1)", "expression_failed", "$sqrt"],
    ["1 + 'a'", "expression_failed", "at character 3"],
    ["input.x()", "expression_failed", "non-function"],
    ["$error('no stock')", "expression_failed", "no stock"],
    ["function($x) { $x }", "expression_result", "function"],
    ["[$sum]", "expression_result", "function"],
    ["1 / 0", "expression_result", "number"],
  ])("%s is explained with its text and its place, without a stack", (source, code, says) => {
    const result = evaluate(source);
    expect(result).toMatchObject({ ok: false, error: { code } });
    const message = result.ok ? "" : result.error.message;
    expect(message).toContain(`\${{ ${source} }}`);
    expect(message).toContain(says);
    expect(message).not.toMatch(/jsonata\.js|\n\s+at /);
  });

  it("results of more than 1 MiB or 64 levels are refused", () => {
    const long = "x".repeat(600_000);
    expect(evaluate("[input, input]", long)).toMatchObject({ error: { code: "expression_too_large" } });
    const deep: Json = JSON.parse("[".repeat(65) + "]".repeat(65));
    expect(evaluate("input", deep)).toMatchObject({ error: { code: "expression_too_deep" } });
    const fits: Json = JSON.parse("[".repeat(64) + "]".repeat(64));
    expect(evaluate("input", fits)).toEqual({ ok: true, value: fits });
  });
});

describe("the instant and chance of an attempt", () => {
  const template: Json = [
    "${{ $now() }}",
    "${{ $millis() }}",
    "${{ $random() }}",
    "${{ $shuffle([1..20]) }}",
    "${{ $uuid() }}",
  ];

  function evaluateAttempt(attempt: number): readonly Json[] {
    const step = { key: "here", attempt, idempotencyKey: "run:here" };
    const result = evaluateTemplate(template, { ...context, step }, { now: NOW });
    return result.ok && Array.isArray(result.value) ? result.value : [];
  }

  it("are the same whenever it is evaluated again", () => {
    expect(evaluateAttempt(1)).toEqual(evaluateAttempt(1));
    expect(evaluateAttempt(1).slice(0, 2)).toEqual([NOW.toISOString(), NOW.getTime()]);
  });

  it("the next attempt has other chance, and a UUID is one of version 4", () => {
    const [first, second] = [evaluateAttempt(1), evaluateAttempt(2)];
    expect(first.slice(2).some((value, index) => isDeepStrictEqual(value, second[index + 2]))).toBe(false);
    expect(first[4]).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  });

  it("random numbers are spread evenly", () => {
    const result = evaluate("$map([1..2000], function() { $floor($random() * 10) }){$string($): $count($)}");
    const counts = Object.values(result.ok && typeof result.value === "object" ? (result.value ?? {}) : {});
    expect(counts).toHaveLength(10);
    expect(Math.min(...counts.map(Number))).toBeGreaterThan(140);
    expect(Math.max(...counts.map(Number))).toBeLessThan(260);
  });
});

describe("what the library gets wrong, and is right or refused here", () => {
  it.each<readonly [string, Json]>([
    ["$fromMillis(0, '[H01]:[m01][Z]', '+05:30')", "05:30+05:30"],
    ["$fromMillis(0, '[H01]:[m01]', 'UTC')", "00:00"],
    ["$fromMillis(0, '[H01]:[m01]', 'Z')", "00:00"],
    ["$base64encode('é')", "w6k="],
    ["$length('😀')", 1],
    ["$pad('😀', 3, '-')", "😀--"],
    ["$substring('😀x', 1)", "x"],
    ['[{"k":"a","v":1}]{k: $sum(v)}', { a: 1 }],
    ["[{'a': 5}][0].a", 5],
    ["$match('a/b', /[/]/).index", 1],
    ["[/a/, 1][1]", 1],
  ])("%s is %j", (source, value) => {
    expect(evaluate(source)).toEqual({ ok: true, value });
  });

  it.each([
    "$fromMillis(0, '[H]', 'Nowhere/City')",
    "$base64decode('not base64!')",
    "$base64decode('/w==')",
    "$toMillis('2024-02-30T00:00:00Z')",
    "$number('0x')",
    "$replace('abc', /b/, 1)",
  ])("%s is refused", (source) => {
    expect(evaluate(source)).toMatchObject({ ok: false, error: { code: "expression_failed" } });
  });
});

describe("expressions that are shared", () => {
  it("the same expression evaluated side by side sees its own context and its own fuel", () => {
    const template = "${{ $map([1..50], function($v) { $v + input.base }) ~> $sum }}";
    const results = Array.from({ length: 40 }, (_, base) =>
      evaluateTemplate(template, contextOf({ base }), { now: NOW, ...(base % 2 === 0 ? {} : { fuel: 100 }) }),
    );
    for (const [base, result] of results.entries()) {
      expect(result).toMatchObject(
        base % 2 === 0 ? { ok: true, value: 1275 + 50 * base } : { error: { code: "expression_fuel" } },
      );
    }
  });

  it("fuel is that of the whole template, not of each expression", () => {
    const text = "${{ $map([1..100], function($v) { $v * 2 }) }}";
    const alone = evaluateTemplate([text], context, { now: NOW, fuel: 500 });
    const together = evaluateTemplate([text, text, text], context, { now: NOW, fuel: 500 });
    expect([alone.ok, together.ok]).toEqual([true, false]);
  });

  it("a small template takes tens of microseconds", async () => {
    const template = { text: '${{ input.city & " - " & input.count }}', plain: "${{ input.city }}" };
    evaluateTemplate(template, context, { now: NOW });
    const isQuick = await isWithinCpuMs(500 * 0.1, () => {
      for (let index = 0; index < 500; index += 1) {
        evaluateTemplate(template, context, { now: NOW });
      }
    });
    expect(isQuick).toBe(true);
  });
});
