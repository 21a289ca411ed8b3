import { describe, expect, it } from "vitest";
import { EXPRESSION_CASES } from "./expression-cases.ts";
import { FOREACH_CASES } from "./foreach-cases.ts";
import { issuesOf } from "./recipe-text.ts";
import { SHAPE_CASES } from "./shape-cases.ts";
import { WAIT_CASES } from "./wait-cases.ts";

const CASES = [...SHAPE_CASES, ...EXPRESSION_CASES, ...WAIT_CASES, ...FOREACH_CASES];

describe("what is wrong with a recipe", () => {
  it.each(CASES)("$what is reported where it stands, with the fix", ({ text, issue, says }) => {
    const issues = issuesOf(text);
    const found = issues.find(({ code, path }) => code === issue[0] && path === issue[1]);
    expect(found === undefined ? issues : [found.code, found.path, found.line, found.column]).toEqual(issue);
    expect(`${found?.message ?? ""} ${found?.hint ?? ""}`).toContain(says);
  });

  it.each(CASES.filter(({ what }) => what !== "a bad name"))("$what is the only thing reported", ({ text, issue }) => {
    expect(issuesOf(text).map(({ code }) => code)).toEqual([issue[0]]);
  });

  it("all problems are reported at once, in the order of the text", () => {
    const issues = issuesOf(
      "nmae: a\nsteps:\n  - id: a-b\n    type: http\n    with: { urll: x }\n    timeout: 5\n    if: '${{ ( }}'\n",
    );
    expect(issues.map(({ code, line }) => [code, line])).toEqual([
      ["missing_key", 1],
      ["unknown_key", 1],
      ["bad_id", 3],
      ["missing_key", 5],
      ["unknown_key", 5],
      ["bad_duration", 6],
      ["expression_syntax", 7],
    ]);
  });

  it("schemas of many payloads share the work that one may take", () => {
    const leaf = { default: {}, properties: { a: { default: 1 }, b: { default: 1 }, c: { default: 1 } } };
    const levels = Array.from({ length: 7 }, (_, at): [string, unknown] => {
      const next = at === 0 ? leaf : { $ref: `#/$defs/l${at - 1}`, default: {} };
      return [`l${at}`, { properties: { a: next, b: next, c: next } }];
    });
    const schema = { properties: { a: { $ref: "#/$defs/l6", default: {} } }, $defs: Object.fromEntries(levels) };
    const textOf = (count: number): string =>
      JSON.stringify({
        name: "a",
        steps: Array.from({ length: count }, (_, at) => ({
          id: `w${at}`,
          type: "wait",
          with: { signal: `s${at}`, schema },
        })),
      });
    expect(issuesOf(textOf(1))).toEqual([]);
    const issues = issuesOf(textOf(20));
    expect(issues.length).toBeGreaterThan(5);
    expect(issues[0]).toMatchObject({ code: "input_schema", message: expect.stringContaining("too many defaults") });
  });

  it("a recipe with thousands of problems answers with the first 200", () => {
    expect(issuesOf(`steps:\n${"  - 1\n".repeat(500)}`)).toHaveLength(200);
  });
});
