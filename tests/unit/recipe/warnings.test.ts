import { describe, expect, it } from "vitest";
import type { RecipeIssue } from "../../../src/language/recipe-issue.ts";
import { compileRecipe } from "../../../src/recipe/compile-recipe.ts";
import { isWithinCpuMs } from "../../support/cpu-time.ts";
import { readDocument } from "../docs/documents.ts";
import { evaluate } from "../language/expression/scope.ts";

const SCHEMA = {
  type: "object",
  additionalProperties: false,
  required: ["id", "address", "kind"],
  properties: {
    id: { type: "integer" },
    kind: { enum: ["private", "company"] },
    note: { type: ["string", "null"] },
    state: { type: "string" },
    retries: { type: "integer", default: 3 },
    address: { $ref: "#/$defs/address" },
    tags: { type: "array", items: { type: "object", properties: { n: { type: "number" } } } },
    more: { allOf: [{ required: ["x"] }], properties: { x: { type: "string" } } },
    any: {},
  },
  $defs: { address: { type: "object", required: ["city"], properties: { city: { type: "string" }, zip: true } } },
};

/** What a recipe is warned of that has an expression as the `if` of its last step. */
function warningsOf(condition: string, template: unknown = 1, input?: unknown): readonly RecipeIssue[] {
  const recipe = {
    name: "a",
    ...(input === undefined ? {} : { input }),
    steps: [
      { id: "page", type: "http", onError: "continue", with: { url: "https://example.com" } },
      { id: "made", type: "transform", with: { x: "${{ input.any }}" } },
      { id: "last", type: "transform", needs: ["page", "made"], if: condition, with: template },
    ],
  };
  const result = compileRecipe(JSON.stringify(recipe), "json");
  if (!result.ok) {
    throw new Error(JSON.stringify(result.issues));
  }
  return result.warnings;
}

function codesOf(condition: string, input?: unknown): readonly string[] {
  return warningsOf(condition, 1, input).map(({ code }) => code);
}

describe("a recipe is warned of what hardly means what it says", () => {
  it.each<readonly [string, string]>([
    ["input.x != null", "null_comparison"],
    ["input.x = null", "null_comparison"],
    ["null != input.x", "null_comparison"],
    ["$$.input.x.y != null", "null_comparison"],
    ["(input.x) = (null)", "null_comparison"],
    ["$map([1], function($v) { input.x = null })[0]", "null_comparison"],
    ["errors.page = null", "null_comparison"],
    ["steps.page.body.id != null", "null_comparison"],
    ["$exists(input.y) and input.x != null", "null_comparison"],
    ["input.state != 'closed'", "missing_comparison"],
    ["input.a.b != 1 or $exists(input.a)", "missing_comparison"],
    ["input.n + 1 != 5", "missing_comparison"],
    ["$not(input.disabled)", "missing_negation"],
    ["$not(input.n > 5)", "missing_negation"],
    ["input.disabled ~> $not", "missing_negation"],
    ["input.disabled ~> $not()", "missing_negation"],
    ["$not((-input.n) < 5)", "missing_negation"],
    ["true", "constant_condition"],
    ["'no' = 'yes'", "constant_condition"],
    ["$count([1, 2]) > 1", "constant_condition"],
  ])("%s", (source, code) => {
    expect(codesOf(source)).toEqual([code]);
  });

  it.each<readonly [string, string]>([
    ["input.typo = 1", "unknown_input"],
    ["$exists(input.stat)", "unknown_input"],
    ["$count(input.tagz[n > 1]) > 0", "unknown_input"],
    ["input.state != 'closed'", "missing_comparison"],
    ["input.note != null", "null_comparison"],
    ["$not(input.address.zip)", "missing_negation"],
    ["input.id = 'a'", "impossible_comparison"],
    ["input.id = 1.5", "impossible_comparison"],
    ["input.id = null", "impossible_comparison"],
    ["input.state = null", "null_comparison"],
    ["input.kind != 'compny'", "impossible_comparison"],
    ["'a' = input.address.city or input.address.city = 5", "impossible_comparison"],
  ])("%s, by the input schema", (source, code) => {
    expect(codesOf(source, SCHEMA)).toEqual([code]);
  });

  it("where the text stands, with the thing and the fix, once for each path", () => {
    const text =
      "name: a\nsteps:\n  - id: x\n    type: transform\n    if: input.a != 1 and input.a != 2\n    with:\n      v: ${{ input.b.`c d` = null }}\n";
    const result = compileRecipe(text, "yaml");
    expect(result.ok ? result.warnings : result).toEqual([
      {
        path: "/steps/0/if",
        line: 5,
        column: 9,
        code: "missing_comparison",
        message: "`!=` is false here when `input.a` is missing: nothing is unequal to what is missing",
        hint: "write `(input.a ?? null)` for it, or have the input schema require it or give it a default",
      },
      expect.objectContaining({ path: "/steps/0/with/v", line: 7, column: 10, code: "null_comparison" }),
    ]);
  });

  it("a mistyped name is told from the ones that the schema has", () => {
    const [warning] = warningsOf("input.address.city = 'a' and input.stat = 'b'", 1, SCHEMA);
    expect(warning).toMatchObject({ hint: "did you mean `state`?", message: expect.stringContaining("input.stat") });
  });
});

describe("a recipe is not warned of what means what it says", () => {
  it.each([
    "$exists(input.x) and input.x != null",
    "input.x != null and $exists(input.x)",
    "(input.x ?? null) != null",
    "(input.x ?? null) = null",
    "input.x and input.x != 'closed'",
    "input.x ? input.x != 'closed' : true",
    "$not($exists(input.x)) or input.x != 'closed'",
    "$boolean(input.x) or $not(input.x)",
    "$type(input.x) = 'null' or input.x = null",
    "(input.state ?? '') != 'closed'",
    "$not(input.disabled ?? false)",
    "$not($exists(input.x))",
    "(input.x ~> $exists) and input.x != 'closed'",
    "input.x ~> $exists() ~> $not()",
    "$not(input.x = 1)",
    "input.state = 'open'",
    "input.n > 5",
    "input.a != input.b",
    "steps.page = null",
    "steps.page.body = null",
    "steps.made.x = null",
    "steps.page.status != 200",
    "$not(steps.page.body.done)",
    "run.version != 1",
    "$exists(steps.page.body.items[deletedAt = null])",
    "$exists(steps.page.body.(input.x != null))",
    "$count(steps.page.body.items^(input.x != null)) > 0",
    "($x := input.x; $x != 1)",
    "$random() < 0.5",
    "$now() > '2026'",
  ])("%s", (source) => {
    expect(warningsOf(source)).toEqual([]);
  });

  it.each([
    "input.id != 5",
    "input.id != null",
    "input.retries != null",
    "input.retries != 3",
    "$not(input.retries)",
    "input.kind = 'company'",
    "input.address.city != 'Rome'",
    "input.tags.n != 1",
    "input.more.x != 'a' and input.more",
    "$exists(input.any.thing)",
    "input.note = null and $exists(input.note)",
    "input.tags.other = 1",
  ])("%s, by the input schema", (source) => {
    expect(warningsOf(source, 1, SCHEMA)).toEqual([]);
  });

  it("what the `if` of a step makes sure of holds in its `with`", () => {
    const template = "${{ input.x != 'a' }}";
    expect(warningsOf("$exists(input.x)", template)).toEqual([]);
    expect(warningsOf("$exists(input.y)", template)).toHaveLength(1);
  });

  it.each(["cat", "joke", "multi-step", "todo", "user"])("the example %s", (name) => {
    expect(compileRecipe(readDocument(`examples/demo/${name}.yaml`), "yaml")).toMatchObject({ ok: true, warnings: [] });
  });
});

/** What a recipe is warned of that waits for a signal and reads its payload in the steps of a list. */
function warningsInList(source: string, wait: string): readonly (readonly [string, string])[] {
  const result = compileRecipe(
    `
name: a
steps:
  - { id: answer, type: wait, with: { ${wait} } }
  - id: each
    type: foreach
    if: \${{ $exists(input.list) }}
    with:
      items: "\${{ input.list != 1 ? [1] : [2] }}"
      steps:
        - { id: page, type: http, with: { url: "https://example.com" } }
        - { id: last, type: transform, if: "${source}", with: 1 }
      output: "\${{ ${source} }}"
`,
    "yaml",
  );
  return result.ok
    ? result.warnings.map(({ code, path }) => [code, path])
    : [["issues", JSON.stringify(result.issues)]];
}

describe("a recipe is warned of what is in its lists", () => {
  const CONDITION = "/steps/1/with/steps/1/if";
  const OUTPUT = "/steps/1/with/output";

  it.each<readonly [string, string, string]>([
    ["$not(steps.answer.payload.ok)", "signal: go, timeout: 1h", "missing_negation"],
    ["steps.answer.payload.n != 1", "signal: go, timeout: 1h", "missing_comparison"],
    ["steps.answer.payload.ok = null", "signal: go", "null_comparison"],
    ["steps.page.body.id = null", "signal: go", "null_comparison"],
  ])("%s after a wait for { %s }, in its steps and its output", (source, wait, code) => {
    expect(warningsInList(source, wait)).toEqual([
      [code, CONDITION],
      [code, OUTPUT],
    ]);
  });

  it.each([
    ["$not(steps.answer.payload.ok)", "signal: go"],
    ["$not(steps.answer.payload.ok ?? false)", "signal: go, timeout: 1h"],
    ["$not(steps.answer.timedOut)", "signal: go, timeout: 1h"],
    ["item > 1 and index != 2", "for: 1h"],
  ])("but not of %s after a wait for { %s }", (source, wait) => {
    expect(warningsInList(source, wait)).toEqual([]);
  });

  it("a condition that reads nothing is one there too", () => {
    expect(warningsInList("1 = 2", "for: 1h")).toEqual([["constant_condition", CONDITION]]);
  });
});

describe("what a warning says", () => {
  it.each<readonly [string, string]>([
    ["input.x = null", "(input.x ?? null) = null"],
    ["input.x != 'closed'", "(input.x ?? null) != 'closed'"],
    ["$not(input.x)", "$not(input.x ?? false)"],
    ["$not(input.x > 5)", "$not((input.x ?? 0) > 5)"],
  ])("%s is not true on an empty input, as it is when the hint is followed", (source, instead) => {
    const [warning] = warningsOf(source);
    expect(instead.replace("$not(input.x ?? false)", "(input.x ?? false)")).toContain(
      /`(\(input\.x .*?\))`/.exec(warning?.hint ?? "")?.[1],
    );
    expect(evaluate(source)).not.toMatchObject({ value: true });
    expect(evaluate(instead)).toMatchObject({ value: true });
  });

  it("finding it takes time by the size of the recipe, however it is made", async () => {
    const names = Array.from({ length: 2500 }, (_, index) => `name_${"x".repeat(12)}_${index}`);
    const input = {
      additionalProperties: false,
      required: names,
      properties: Object.fromEntries(names.map((name) => [name, { enum: [1] }])),
    };
    const template = names.map((name) => `\${{ input.${name}y = 1 }}`);
    const nested = `${"(".repeat(190)}input.x != 1${")".repeat(190)}`;
    const isSoon = await isWithinCpuMs(1000, () => {
      expect(warningsOf("input.name != 1", template, input).length).toBeLessThanOrEqual(200);
      expect(warningsOf(nested)).toHaveLength(1);
    });
    expect(isSoon).toBe(true);
  });
});
