import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "vitest";
import { compileExpression } from "../../../../src/language/expression/compile-expression.ts";
import { ExpressionFailure } from "../../../../src/language/expression/expression-error.ts";
import { parseExpression } from "../../../../src/language/expression/syntax/parse-expression.ts";
import { DIFFERENCES } from "./differences.ts";
import { evaluateAgainst } from "./plain-value.ts";

interface Case {
  readonly id: string;
  readonly expr: string;
  readonly bindings?: Readonly<Record<string, unknown>>;
  readonly data?: unknown;
  readonly dataset?: string | null;
  readonly result?: unknown;
  readonly undefinedResult?: boolean;
  readonly unordered?: boolean;
  readonly code?: string;
  readonly error?: { readonly code: string };
}

const SUITE = join(import.meta.dirname, "..", "..", "..", "jsonata-suite");

function readLines(name: string): readonly unknown[] {
  const lines = readFileSync(join(SUITE, name), "utf8").trim().split("\n");
  return lines.map((line): unknown => JSON.parse(line));
}

const cases = readLines("cases.jsonl") as readonly Case[];
const datasetLines = readLines("datasets.jsonl") as readonly { readonly name: string; readonly data: unknown }[];
const datasets = new Map(datasetLines.map(({ name, data }) => [name, data]));

/** Null when the case passes; otherwise what came of it. */
function problemOf(each: Case): string | null {
  const expected = each.code ?? each.error?.code ?? null;
  try {
    const found = evaluateCase(each);
    return expected === null && isExpected(each, found) ? null : `gives ${JSON.stringify(found) ?? "nothing"}`;
  } catch (error) {
    return problemOfFailure(error, expected);
  }
}

function problemOfFailure(error: unknown, expected: string | null): string | null {
  const code = error instanceof ExpressionFailure ? error.jsonataCode : null;
  return code !== null && code === expected ? null : `fails with ${code ?? "no code"}: ${String(error)}`;
}

function evaluateCase({ expr, bindings = {}, ...each }: Case): unknown {
  const bound = Object.entries(bindings).map(([name, value]) => `$${name} := ${JSON.stringify(value)}; `);
  const source = bound.length === 0 ? expr : `(${bound.join("")}${expr})`;
  // For its own failure, with JSONata's code: `compileExpression` only tells the message.
  parseExpression(source);
  return evaluateAgainst(source, "data" in each ? each.data : datasets.get(each.dataset ?? ""));
}

function isExpected({ result, undefinedResult, unordered }: Case, found: unknown): boolean {
  if (undefinedResult === true) {
    return found === undefined;
  }
  return unordered === true ? isDeepStrictEqual(sorted(found), sorted(result)) : isDeepStrictEqual(found, result);
}

function sorted(value: unknown): readonly string[] {
  const entries: readonly unknown[] = Array.isArray(value) ? value : [value];
  return entries.map((entry) => JSON.stringify(entry)).toSorted();
}

function groupOf({ id }: Case): string {
  return id.split("/", 1)[0] ?? "";
}

describe("JSONata's own suite", () => {
  it("is there as a whole", () => {
    expect(cases).toHaveLength(1686);
  });

  const groups = Map.groupBy(cases, groupOf);
  it.each([...groups.keys()])("%s passes", (group) => {
    const problems = (groups.get(group) ?? []).flatMap((each) => {
      const problem = DIFFERENCES.has(each.id) ? null : problemOf(each);
      return problem === null ? [] : [`${each.id}: ${each.expr} ${problem}`];
    });
    expect(problems).toEqual([]);
  });

  it("differs in fewer than 25 cases, each for a reason, and each of them does", () => {
    const listed = cases.filter(({ id }) => DIFFERENCES.has(id));
    expect(listed).toHaveLength(DIFFERENCES.size);
    expect(listed.filter((each) => problemOf(each) === null)).toEqual([]);
    expect(DIFFERENCES.size).toBeLessThan(25);
  });

  it("is compiled without an exception, whatever is wrong with it", () => {
    for (const { expr } of cases) {
      expect(typeof compileExpression(expr).ok).toBe("boolean");
    }
  });
});
