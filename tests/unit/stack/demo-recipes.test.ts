import { describe, expect, it } from "vitest";
import { DEMO_NAMES } from "../../../scripts/demo/demos.ts";
import { parseUpstream, readDemoRecipes } from "../../../scripts/stack/seed.ts";
import { compileRecipe } from "../../../src/recipe/compile-recipe.ts";

const DEMO_URL = "http://127.0.0.1:8788";

describe("the demo recipes", () => {
  it("are the five demos, each named as its file", () => {
    const recipes = readDemoRecipes({ demoUrl: DEMO_URL, upstream: "mock" });
    expect([...recipes.keys()].toSorted()).toEqual([...DEMO_NAMES].toSorted());
    for (const [name, text] of recipes) {
      expect(text).toContain(`name: ${name}\n`);
    }
  });

  it.each(DEMO_NAMES)("%s compiles without an issue", (name) => {
    for (const upstream of ["mock", "live"] as const) {
      const text = readDemoRecipes({ demoUrl: DEMO_URL, upstream }).get(name) ?? "";
      expect(compileRecipe(text, "yaml")).toMatchObject({ ok: true });
    }
  });

  it("call nothing but the demo API, so that they need no internet", () => {
    for (const text of readDemoRecipes({ demoUrl: DEMO_URL, upstream: "mock" }).values()) {
      const hosts = [...text.matchAll(/https?:\/\/[^/"\s]+/gu)].map(([host]) => host);
      expect(new Set(hosts)).toEqual(new Set([DEMO_URL]));
      expect(text).not.toContain("{{DEMO");
    }
  });

  it("call public APIs when asked to, all but the parts that fail on purpose", () => {
    const recipes = readDemoRecipes({ demoUrl: DEMO_URL, upstream: "live" });
    for (const name of ["joke", "user", "cat", "todo"]) {
      expect(recipes.get(name)).toContain("https://");
      expect(recipes.get(name)).not.toContain(DEMO_URL);
    }
    expect(recipes.get("multi-step")).toContain(`${DEMO_URL}/flaky`);
  });

  it("take DEMO_UPSTREAM for mock or live, and nothing else", () => {
    expect([undefined, "", "mock", "live"].map(parseUpstream)).toEqual(["mock", "mock", "mock", "live"]);
    expect(() => parseUpstream("Live")).toThrow("must be mock or live");
  });
});
