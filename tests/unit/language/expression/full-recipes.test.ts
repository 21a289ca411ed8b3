import { describe, expect, it } from "vitest";
import type { Finding } from "../../../../src/language/recipe-issue.ts";
import { compileRecipe, type CompileResult } from "../../../../src/recipe/compile-recipe.ts";
import { outlineBlock } from "../../../../src/recipe/outline.ts";
import { validateExpressions } from "../../../../src/recipe/validate-expressions.ts";
import { isWithinCpuMs } from "../../../support/cpu-time.ts";

/** Alone on a core each takes at most half of this. */
const REFUSED_CPU_MS_MAX = 300;

/** Alone on a core, reading the text included. */
const RECIPE_CPU_MS_MAX = 200;

function compileSteps(expressionCount: number): CompileResult {
  const fields = Array.from({ length: expressionCount }, () => "${{ input.a.b }}");
  const steps = Array.from({ length: 500 }, (_, index) => ({ id: `s${index}`, type: "transform", with: fields }));
  return compileRecipe(JSON.stringify({ name: "full", steps }), "json");
}

describe("a recipe of strangers", () => {
  it.each([
    ["wide classes without case", `/${"[a-\\x{1E000}]".repeat(20)}/i`],
    ["repetitions", "/(abc){999}/"],
    ["classes of letters", `/${"[^\\pL]".repeat(100)}/`],
  ])("full of %s is refused, soon", async (_what, source) => {
    const fields = Array.from({ length: Math.floor(200_000 / source.length) }, () => `\${{ ${source} }}`);
    const recipe = { steps: [{ id: "a", type: "transform", with: { value: fields } }] };
    const found: (readonly Finding[])[] = [];
    const isSoon = await isWithinCpuMs(REFUSED_CPU_MS_MAX, () =>
      found.push(validateExpressions(recipe, outlineBlock(recipe), false)),
    );
    expect(found[0]?.at(-1)?.message).toContain("together are too large");
    expect(isSoon).toBe(true);
  });

  it("may have two hundred regular expressions of letters and digits", () => {
    const fields = Array.from({ length: 200 }, () => "${{ $match(input.code, /^[A-Z]{2}-[a-z0-9]+$/i) }}");
    const recipe = { steps: [{ id: "a", type: "transform", with: { value: fields } }] };
    expect(validateExpressions(recipe, outlineBlock(recipe), false)).toEqual([]);
  });

  it.each([
    ["short expressions", "input"],
    ["long lists", `[${"1,".repeat(4900)}1]`],
    ["long objects", `{${Array.from({ length: 900 }, (_, index) => `'a${index}':1`).join(",")}}`],
    ["variables", `(${"$a:=1;".repeat(1400)}1)`],
    ["operators", `[${"1+1+1,".repeat(1600)}1]`],
    ["paths", `[${"input.a.b.c,".repeat(800)}1]`],
    ["what is no expression", "a b"],
  ])("as large as it may be, full of %s, is checked soon", async (_what, source) => {
    const written = `\${{ ${source} }}`;
    const fields = Array.from({ length: Math.floor(250_000 / (written.length + 3)) }, () => written);
    const text = JSON.stringify({ name: "full", steps: [{ id: "a", type: "transform", with: fields }] });
    const results: CompileResult[] = [];
    const isSoon = await isWithinCpuMs(RECIPE_CPU_MS_MAX, () => {
      results[0] = compileRecipe(text, "json");
    });
    const issues = results.flatMap((result) => (result.ok ? [] : result.issues));
    expect(issues.length).toBeLessThanOrEqual(200);
    expect(isSoon).toBe(true);
  });

  it("of 500 steps with ten expressions each is taken, and one with too many is told once", () => {
    expect(compileSteps(10).ok).toBe(true);
    expect(compileSteps(20)).toMatchObject({
      ok: false,
      issues: [{ code: "expression_syntax", message: expect.stringContaining("more expressions in the recipe") }],
    });
  });
});
