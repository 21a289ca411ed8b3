import { describe, expect, it } from "vitest";
import { WARNING_CODES } from "../../../src/language/recipe-issue.ts";
import { compileRecipe } from "../../../src/recipe/compile-recipe.ts";
import { RETRY_DEFAULT } from "../../../src/recipe/retry-policy.ts";
import { codeBlocks, quotedWords, readDocument, readTable } from "./documents.ts";

const page = readDocument("docs/recipes.md");

/** Files that make errors of steps and runs, and the text around a code in them. */
const ERROR_SOURCES = [
  "src/steps/execute-step.ts",
  "src/steps/http/execute.ts",
  "src/steps/http/request.ts",
  "src/steps/http/response-body.ts",
  "src/steps/wait/execute.ts",
  "src/steps/foreach/execute.ts",
  "src/steps/outcomes.ts",
  "src/steps/ports.ts",
  "src/domain/run/advance-items.ts",
  "src/domain/run/settle-step.ts",
  "src/domain/run/wake.ts",
  "src/shard/consumer-call.ts",
];
const ERROR_CODE = /(?:failed\(\s*|code: |\| )"([a-z]+_?[a-z_]*)"/g;
const UNION_MEMBER = /^ {2}\| "([a-z_]+)";?$/gm;

function codesBelow(heading: string): readonly string[] {
  return readTable(page, heading).flatMap(([code = ""]) => quotedWords(code));
}

function matches(path: string, pattern: RegExp): readonly string[] {
  return [...readDocument(path).matchAll(pattern)].flatMap(([, code]) => code ?? []);
}

describe("docs/recipes.md", () => {
  it.each(["README.md", "docs/recipes.md"])("recipes in %s compile without warnings", (path) => {
    const recipes = codeBlocks(readDocument(path), "yaml");
    expect(recipes.length).toBeGreaterThan(0);
    for (const recipe of recipes) {
      expect(compileRecipe(recipe, "yaml")).toMatchObject({ ok: true, warnings: [] });
    }
  });

  it("lists every problem that a recipe can have", () => {
    const codes = matches("src/language/recipe-issue.ts", UNION_MEMBER);
    expect(codesBelow("## Problems of a recipe").toSorted()).toEqual(codes.toSorted());
  });

  it("lists every warning that a recipe can have", () => {
    expect(codesBelow("## Warnings about a recipe").toSorted()).toEqual(WARNING_CODES.toSorted());
  });

  it("lists every error that a step or a run can have", () => {
    const inExpressions = matches("src/language/expression/expression-error.ts", UNION_MEMBER);
    const elsewhere = ERROR_SOURCES.flatMap((path) => matches(path, ERROR_CODE));
    const codes = new Set([...inExpressions, ...elsewhere]);
    expect(codesBelow("## Errors of steps and runs").toSorted()).toEqual([...codes].toSorted());
  });

  it("shows the defaults of the retry policy", () => {
    const defaults = new Map(readTable(page, "## Retries").map(([key = "", value = ""]) => [key, value]));
    expect(RETRY_DEFAULT).toMatchObject({ delayMs: 1_000, delayMsMax: 300_000 });
    expect(defaults.get("`attempts`")).toBe(String(RETRY_DEFAULT.attempts));
    expect(defaults.get("`delay`")).toBe("1s");
    expect(defaults.get("`maxDelay`")).toBe("5m");
    expect(defaults.get("`factor`")).toBe(String(RETRY_DEFAULT.factor));
    expect(defaults.get("`backoff`")).toBe(`\`${RETRY_DEFAULT.backoff}\``);
    expect(defaults.get("`jitter`")).toBe(`\`${RETRY_DEFAULT.jitter}\``);
  });
});
