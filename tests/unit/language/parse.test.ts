import { readFileSync } from "node:fs";
import { assert, constantFrom, jsonValue, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { parseExactJson } from "../../../src/language/json-text.ts";
import { parseRecipe, type RecipeFormat } from "../../../src/language/parse.ts";
import { compileRecipe } from "../../../src/recipe/compile-recipe.ts";
import { isWithinCpuMs } from "../../support/cpu-time.ts";

function issuesOf(text: string, format: RecipeFormat = "yaml"): readonly (readonly [string, string, number, number])[] {
  const result = parseRecipe(text, format);
  return result.ok ? [] : result.issues.map(({ code, path, line, column }) => [code, path, line, column]);
}

/** The names of all members of a JSON text. */
function namesIn(text: string): ReadonlySet<string> {
  const names = new Set<string>();
  JSON.parse(text, (name, value: unknown) => {
    names.add(name);
    return value;
  });
  return names;
}

interface Refusal {
  readonly what: string;
  readonly text: string;
  readonly format: RecipeFormat;
  /** Code, path, line and column. */
  readonly issue: readonly [string, string, number, number];
}

const REFUSALS: readonly Refusal[] = [
  { what: "broken YAML", text: "a: [1,\nb: 2", format: "yaml", issue: ["syntax", "", 2, 1] },
  { what: "broken JSON", text: '{"a": 1,\n}', format: "json", issue: ["syntax", "", 2, 1] },
  { what: "JSON that ends early", text: '{"a":', format: "json", issue: ["syntax", "", 1, 6] },
  { what: "JSON with a wrong word", text: '{"a": [1, nope]}', format: "json", issue: ["syntax", "", 1, 12] },
  { what: "YAML sent as JSON", text: "a: 1", format: "json", issue: ["syntax", "", 1, 1] },
  { what: "a name given twice in YAML", text: "a: 1\na: 2", format: "yaml", issue: ["duplicate_key", "/a", 2, 1] },
  {
    what: "a name given twice in JSON",
    text: '{"a": 1,\n "a": 2}',
    format: "json",
    issue: ["duplicate_key", "/a", 2, 2],
  },
  { what: "two documents", text: "a: 1\n---\nb: 2", format: "yaml", issue: ["syntax", "", 2, 1] },
  { what: "a merge key", text: "a: &x {b: 1}\nc:\n  <<: *x", format: "yaml", issue: ["syntax", "/c/<<", 3, 3] },
  { what: "a tag", text: "a: !!binary aGk=", format: "yaml", issue: ["syntax", "/a", 1, 13] },
  { what: "a directive", text: "%YAML 1.1\n---\na: yes", format: "yaml", issue: ["syntax", "", 1, 1] },
  { what: "a value JSON has not", text: "a: .nan", format: "yaml", issue: ["wrong_value", "/a", 1, 4] },
  ...[
    "9007199254740993",
    "-9007199254740993",
    "1e400",
    "1e-400",
    "0x20000000000001",
    ".inf",
    "01234",
    "-007",
    "012.5",
  ].map((number): Refusal => ({
    what: `the number ${number}`,
    text: `a:\n  - ${number}`,
    format: "yaml",
    issue: ["wrong_value", "/a/0", 2, 5],
  })),
  {
    what: "a whole number beyond every double in JSON",
    text: '{"a": {"b": 9007199254740993}}',
    format: "json",
    issue: ["wrong_value", "/a/b", 1, 13],
  },
  { what: "a name that is a list", text: "? [a]\n: 1", format: "yaml", issue: ["syntax", "", 1, 1] },
  { what: "an alias without its anchor", text: "a: *b", format: "yaml", issue: ["syntax", "/a", 1, 4] },
  { what: "a NUL", text: "a: b\0", format: "yaml", issue: ["syntax", "", 1, 5] },
  { what: "an escaped NUL", text: '{"a": "\\u0000"}', format: "json", issue: ["syntax", "/a", 1, 7] },
  { what: "half of a surrogate pair", text: '{"a": "\\ud800"}', format: "json", issue: ["syntax", "/a", 1, 7] },
  { what: "nothing", text: " \n", format: "yaml", issue: ["syntax", "", 1, 1] },
];

describe("parsing a recipe", () => {
  it("knows where every value and every name is", () => {
    const result = parseRecipe("a: 1\nb:\n  - 2\n  - c/d: x\n", "yaml");
    expect(result.ok && result.parsed.value).toEqual({ a: 1, b: [2, { "c/d": "x" }] });
    expect(result.ok && result.parsed.positionOf("/b/1/c~1d")).toEqual({ line: 4, column: 10 });
    expect(result.ok && result.parsed.positionOf("/b/1/c~1d", true)).toEqual({ line: 4, column: 5 });
  });

  it("keeps numbers that YAML writes in other ways, and names as they are written", () => {
    const text =
      "a: [0x1F, 0o17, +5, .5, 1_000, 9007199254740991, 0.1000000000000000055, -0, 0]\n9007199254740993: 1\n1.0: 2\n";
    const result = parseRecipe(text, "yaml");
    expect(result.ok && result.parsed.value).toEqual({
      a: [31, 15, 5, 0.5, "1_000", 9007199254740991, 0.1, -0, 0],
      "9007199254740993": 1,
      "1.0": 2,
    });
  });

  it("says how to write a number that cannot be kept", () => {
    const result = parseRecipe("id: 9007199254740993", "yaml");
    expect(result.ok ? [] : result.issues).toMatchObject([
      { message: expect.stringContaining("9007199254740993"), hint: 'put it in quotes: "9007199254740993"' },
    ]);
  });

  it("places what is missing where the thing around it begins", () => {
    const result = parseRecipe("a: 1\nb:\n  - c: 2\n", "yaml");
    expect(result.ok && result.parsed.positionOf("/b/0/missing")).toEqual({ line: 3, column: 5 });
  });

  it.each(REFUSALS)("$what is refused where it stands", ({ text, format, issue }) => {
    expect(issuesOf(text, format)[0]).toEqual(issue);
  });

  it("a text of more than 256 KiB is refused before it is parsed", () => {
    expect(issuesOf(`a: ${"é".repeat(131_072)}`)).toEqual([["too_large", "", 1, 1]]);
  });

  it("nesting of more than 32 levels is refused, also by aliases that contain themselves", () => {
    expect(issuesOf("[".repeat(40) + "]".repeat(40))[0]?.[0]).toBe("too_deep");
    expect(issuesOf("[".repeat(200_000))[0]?.[0]).toBe("syntax");
    expect(issuesOf("a: &a [*a]")[0]?.[0]).toBe("too_deep");
  });

  it("aliases that would write out a million values are refused at once", async () => {
    const names = "abcdefgh".split("");
    const bomb = names.map((name, index) => {
      const before = index === 0 ? "x" : `*${String(names[index - 1])}`;
      return `${name}: &${name} [${Array.from({ length: 9 }, () => before).join(",")}]`;
    });
    const isSoon = await isWithinCpuMs(100, () => expect(issuesOf(bomb.join("\n"))[0]?.[0]).toBe("too_large"));
    expect(isSoon).toBe(true);
  });

  it("a recipe with tens of thousands of names is parsed in time that grows with its length", async () => {
    const text = Array.from({ length: 20_000 }, (_, index) => `k${index}: 1`).join("\n");
    const isSoon = await isWithinCpuMs(700, () => expect(issuesOf(text)).toEqual([]));
    expect(isSoon).toBe(true);
  });

  it("all JSON is read as JSON reads it", () => {
    assert(
      property(jsonValue({ maxDepth: 4 }), constantFrom(0, 2, "\t"), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        const result = parseRecipe(text, "json");
        // What PostgreSQL cannot store, what YAML would merge and numbers beyond a double are refused; all else stays.
        const isRefused =
          /\\u0000|\\ud[89a-f]/.test(text) ||
          namesIn(text).has("<<") ||
          JSON.stringify(parseExactJson(text)) !== JSON.stringify(JSON.parse(text));
        expect(result.ok ? JSON.stringify(result.parsed.value) : null).toBe(
          isRefused ? null : JSON.stringify(JSON.parse(text)),
        );
      }),
      { numRuns: 300 },
    );
  });

  it("no prefix of a recipe makes compiling it throw", { timeout: 60_000 }, () => {
    const text = readFileSync(`${import.meta.dirname}/../recipe/fixtures/sixty-lines.yaml`, "utf8");
    for (let length = 0; length <= text.length; length += 1) {
      const result = compileRecipe(text.slice(0, length), "yaml");
      expect(result.ok || result.issues.length > 0).toBe(true);
    }
  });
});
