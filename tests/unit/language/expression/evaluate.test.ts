import { assert, asyncProperty, jsonValue, string } from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "../../../../src/domain/json.ts";
import { evaluateCondition, evaluateTemplate } from "../../../../src/language/expression/evaluate.ts";
import { isWithinCpuMs } from "../../../support/cpu-time.ts";
import { contextOf, evaluate } from "./scope.ts";

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

async function resolve(template: Json, missing: "null" | "omit" = "null"): Promise<Json> {
  const result = await evaluateTemplate(template, context, { missing });
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
    ['${{ {"a": {"b": 1}} }}', { a: { b: 1 } }],
    ["${{ '}}' }}", "}}"],
    ["${{ '${{' }}", "${{"],
    ["${{ $sum(input.items.n) * 2 }}", 6],
  ])("%s alone gives its value, whatever its type", async (template, value) => {
    expect(await resolve(template)).toEqual(value);
  });

  it("expressions in text are put into it: objects as JSON, nothing as nothing", async () => {
    expect(await resolve("${{ input.city }}: ${{ input.count }}")).toBe("Rome: 2");
    expect(await resolve("<${{ input.nested }}|${{ input.none }}|${{ input.missing }}|${{ input.one }}>")).toBe(
      '<{"deep":{"value":false}}|||[5]>',
    );
    expect(await resolve(" ${{ input.count }}")).toBe(" 2");
  });

  it("everything else in a template stays as it is", async () => {
    const template: Json = { a: [1, null, true, "$ { } {{ }} $x"], b: { c: "plain" } };
    expect(await resolve(template)).toEqual(template);
  });

  it("missing values are null in outputs, and leave their name out where that is asked for", async () => {
    const template: Json = {
      here: "${{ input.city }}",
      gone: "${{ input.missing }}",
      list: ["${{ input.missing }}"],
      none: "${{ input.none }}",
    };
    expect(await resolve(template)).toEqual({ here: "Rome", gone: null, list: [null], none: null });
    expect(await resolve(template, "omit")).toEqual({ here: "Rome", list: [null], none: null });
  });

  it("a plain path and the same path through JSONata give the same value", async () => {
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
      expect(await resolve(`\${{ ${path} }}`)).toEqual(await resolve(`\${{ (${path}) }}`));
    }
  });

  it("texts that hold no expression come out as they went in", async () => {
    await assert(
      asyncProperty(jsonValue(), async (template) => {
        const json: Json = JSON.parse(JSON.stringify(template).replaceAll("${{", ""));
        expect(await resolve(json)).toEqual(json);
      }),
    );
  });

  it("no expression makes evaluating a template reject", async () => {
    await assert(
      asyncProperty(string({ unit: "grapheme-ascii", maxLength: 30 }), async (source) => {
        const result = await evaluateTemplate(`\${{ ${source} }}`, context);
        expect(typeof result.ok).toBe("boolean");
      }),
      { numRuns: 300 },
    );
  });

  it("the context is not changed", async () => {
    const before = JSON.stringify(context);
    await resolve(
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
  ])("%s is %j", async (source, value) => {
    expect(await evaluateCondition(source, context)).toEqual({ ok: true, value });
  });

  it("a condition that fails says so instead of being false", async () => {
    expect(await evaluateCondition("1 + 'a'", context)).toMatchObject({
      ok: false,
      error: { code: "expression_failed" },
    });
    expect(await evaluateCondition("1 +", context)).toMatchObject({ ok: false, error: { code: "expression_syntax" } });
  });
});

describe("errors of expressions", () => {
  it.each<readonly [string, string, string]>([
    ["1 +", "expression_syntax", "at character 3"],
    ["$sqrt(-1)", "expression_failed", "$sqrt"],
    ["1 + 'a'", "expression_failed", "at character 3"],
    ["input.x()", "expression_failed", "non-function"],
    ["$error('no stock')", "expression_failed", "no stock"],
    ["function($x) { $x }", "expression_result", "function"],
    ["[$sum]", "expression_result", "function"],
    ["1 / 0", "expression_result", "number"],
  ])("%s is explained with its text and its place, without a stack", async (source, code, says) => {
    const result = await evaluate(source);
    expect(result).toMatchObject({ ok: false, error: { code } });
    const message = result.ok ? "" : result.error.message;
    expect(message).toContain(`\${{ ${source} }}`);
    expect(message).toContain(says);
    expect(message).not.toMatch(/jsonata\.js|\n\s+at /);
  });

  it("results of more than 1 MiB or 64 levels are refused", async () => {
    const long = "x".repeat(600_000);
    expect(await evaluate("[input, input]", long)).toMatchObject({ error: { code: "expression_too_large" } });
    const deep: Json = JSON.parse("[".repeat(65) + "]".repeat(65));
    expect(await evaluate("input", deep)).toMatchObject({ error: { code: "expression_too_deep" } });
    const fits: Json = JSON.parse("[".repeat(64) + "]".repeat(64));
    expect(await evaluate("input", fits)).toEqual({ ok: true, value: fits });
  });
});

describe("expressions that are shared", () => {
  it("the same expression evaluated side by side sees its own context and its own fuel", async () => {
    const template = "${{ $map([1..50], function($v) { $v + input.base }) ~> $sum }}";
    const results = await Promise.all(
      Array.from({ length: 40 }, (_, base) =>
        evaluateTemplate(template, contextOf({ base }), base % 2 === 0 ? {} : { fuel: 100 }),
      ),
    );
    for (const [base, result] of results.entries()) {
      expect(result).toMatchObject(
        base % 2 === 0 ? { ok: true, value: 1275 + 50 * base } : { error: { code: "expression_fuel" } },
      );
    }
  });

  it("fuel is that of the whole template, not of each expression", async () => {
    const text = "${{ $map([1..100], function($v) { $v * 2 }) }}";
    const alone = await evaluateTemplate([text], context, { fuel: 700 });
    const together = await evaluateTemplate([text, text, text], context, { fuel: 700 });
    expect([alone.ok, together.ok]).toEqual([true, false]);
  });

  it("a small template takes tens of microseconds", async () => {
    const template = { text: '${{ input.city & " - " & input.count }}', plain: "${{ input.city }}" };
    await evaluateTemplate(template, context);
    const isQuick = await isWithinCpuMs(500 * 0.1, async () => {
      for (let index = 0; index < 500; index += 1) {
        await evaluateTemplate(template, context);
      }
    });
    expect(isQuick).toBe(true);
  });
});
