import { describe, expect, it } from "vitest";
import { hintForeignOperator } from "../../../src/language/expression-hints.ts";
import { isWithinCpuMs } from "../../support/cpu-time.ts";
import { withStep, withTemplate } from "../recipe/issue-cases.ts";
import { issuesOf } from "../recipe/recipe-text.ts";

/** The one issue of a recipe, in short. */
function only(text: string): readonly (string | number | null)[] {
  const issues = issuesOf(text);
  expect(issues).toHaveLength(1);
  return issues.flatMap(({ code, line, column, hint }) => [code, line, column, hint]);
}

describe("an expression in the words of another language", () => {
  it.each([
    ["input.a == 1", "write `=` to compare"],
    ["input.a === 1", "write `=` to compare"],
    ["input.a !== 1", "write `!=`"],
    ["input.a <> 1", "write `!=`"],
    ["input.a && input.b", "write `and`"],
    ["input.a || input.b", "write `or`"],
    ["!input.a", "write `$not(...)`"],
    ["input.a and !input.b", "write `$not(...)`"],
    ["not input.a", "write `$not(...)`"],
    ["input.a AND input.b", "write `and`"],
    ["input.a OR (input.b)", "write `or`"],
    ["input.a is null", "write `=` to compare"],
    ["input?.a", "write `.`: what is missing gives nothing"],
    ["$map(input.a, x => x)", "write `function($x) { ... }`"],
    ["input.a; input.b", "put what comes one after the other in parentheses: `($x := 1; $x + 1)`"],
    // The one that the error is about, and nothing that stands in a text.
    ["input.a = '&&' and input.b == 1 and !input.c", "write `=` to compare"],
    ["'==' = input.a && true", "write `and`"],
    ["1 + ", null],
    ["'==' + ", null],
  ])("%s says what to write", (source, hint) => {
    expect(only(withTemplate(JSON.stringify(`\${{ ${source} }}`)))).toEqual(["expression_syntax", 5, 11, hint]);
  });

  it("is told the same as a condition without brackets", () => {
    const text = withStep('id: b\ntype: transform\nwith: 1\nif: "input.a == 1"');
    expect(only(text)).toEqual(["expression_syntax", 9, 9, "write `=` to compare"]);
  });

  it.each(["${{ input.a }} == 1", "${{ input.a }} && ${{ input.b }}"])("%s is one expression", (condition) => {
    const text = withStep(`id: b\ntype: transform\nwith: 1\nif: ${JSON.stringify(condition)}`);
    expect(only(text).at(-1)).toContain("all of it inside one `${{ }}`");
  });

  it("is searched in time that grows with its length", async () => {
    const isSoon = await isWithinCpuMs(50, () => {
      for (const part of ['"', "'", "`", "/*", "!", "\\", '"\\']) {
        hintForeignOperator(part.repeat(100_000), undefined);
      }
    });
    expect(isSoon).toBe(true);
  });
});

describe("an expression in the brackets of another language", () => {
  it.each(["{{ input.city }}", "${ input.city }", "${input.city}", "{{input.city}}"])(
    "%s in a text says how to write it, and how to keep it",
    (written) => {
      const hint = `write \`\${{ input.city }}\`, or \`\${{ '${written}' }}\` for the characters themselves`;
      expect(only(withTemplate(JSON.stringify(`to ${written}!`)))).toEqual(["expression_syntax", 5, 11, hint]);
      expect(issuesOf(withTemplate(JSON.stringify(`\${{ '${written}' }}`)))).toEqual([]);
    },
  );

  it.each(["{{ input.city }}", "${ input.city }"])("%s as a condition says how to write it", (condition) => {
    const text = withStep(`id: b\ntype: transform\nwith: 1\nif: ${JSON.stringify(condition)}`);
    expect(only(text).at(-1)).toBe("write `${{ ... }}` around it, or the expression alone");
  });

  it("without quotes says how to write it", () => {
    expect(only(withTemplate("{{ input.city }}"))).toEqual([
      "syntax",
      5,
      11,
      "for an expression write `${{ ... }}`, in quotes",
    ]);
  });

  it.each(["{{ name }}", "${HOME}", "{{#each input}}", "{ input.city }", "{{ run.sh }}", "$input.city"])(
    "%s is text of others, and stays",
    (text) => {
      expect(issuesOf(withTemplate(JSON.stringify(text)))).toEqual([]);
    },
  );
});

describe("an expression that YAML takes apart", () => {
  it.each([
    ["{ a: ${{ input.x }} }", 16],
    ["{ a: ${{ input.x }}, b: 1 }", 16],
    ["[1, ${{ input.x }}]", 15],
    ["{ a: to ${{ input.x }} }", 19],
    ["{a: {b: ${{ input.x }}}}", 19],
    ["{ ${{ input.x }}: 1 }", 13],
    ['{ a: "it", b: ${{ input.x }} }', 25],
    ['${{ input.x ? "a" : "b" }}', 11],
  ])("%s says that it needs quotes, and where", (template, column) => {
    expect(only(withTemplate(template))).toEqual(["syntax", 5, column, 'put its whole text in quotes: `"${{ ... }}"`']);
  });

  it("on a line of its own says so there", () => {
    expect(only(withTemplate("{\n      a: ${{ input.x }},\n      b: 2 }")).slice(0, 3)).toEqual(["syntax", 6, 10]);
  });

  it.each(['{ a: "${{ input.x }}", b: [1 }', '"${{ input.x }}" tail'])("in quotes is not blamed: %s", (template) => {
    expect(issuesOf(withTemplate(template))[0]?.message).not.toContain("quotes around it");
  });
});
