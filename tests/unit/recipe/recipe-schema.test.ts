import { readFileSync } from "node:fs";
import { Validator } from "@cfworker/json-schema";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { compileRecipe } from "../../../src/recipe/compile-recipe.ts";
import { recipeJsonSchema } from "../../../src/recipe/recipe-schema.ts";

// What a client of `GET /api/schema/workflow` gets.
const published: Record<string, unknown> = JSON.parse(JSON.stringify(recipeJsonSchema()));

describe("the published JSON Schema of recipes", () => {
  it.each(["sixty-lines", "blocks", "4-approval"])("accepts what the compiler accepts: %s", (name) => {
    const text = readFileSync(`${import.meta.dirname}/fixtures/${name}.yaml`, "utf8");
    expect(compileRecipe(text, "yaml").ok).toBe(true);
    expect(new Validator(published, "2020-12").validate(parse(text)).valid).toBe(true);
  });

  it.each([
    { name: "A B", steps: [{ id: "x", type: "transform", with: 1 }] },
    { name: "a", steps: [] },
    { name: "a", steps: [{ id: "x-y", type: "transform", with: 1 }] },
    { name: "a", steps: [{ id: "x", type: "transform", with: 1, timeout: "5x" }] },
    { name: "a", steps: [{ id: "x", type: "http", with: {} }] },
    { name: "a", steps: [{ id: "x", type: "wait", with: {} }] },
    { name: "a", steps: [{ id: "x", type: "wait", with: { for: "1m", signal: "go" } }] },
    { name: "a", steps: [{ id: "x", type: "foreach", with: { items: [], steps: [] } }] },
    { name: "a", steps: [{ id: "x", type: "foreach", with: { items: [], steps: [{ id: "y", type: "wait" }] } }] },
    { name: "a", steps: [{ id: "x", type: "transform", with: 1 }], unknown: 1 },
  ])("refuses %j", (recipe) => {
    expect(new Validator(published, "2020-12").validate(recipe).valid).toBe(false);
  });

  it("describes every key, so that editors can show it", () => {
    const { properties } = recipeJsonSchema();
    const undescribed = Object.entries(properties ?? {}).filter(
      ([, value]) => typeof value !== "object" || value.description === undefined,
    );
    expect(undescribed.map(([name]) => name)).toEqual([]);
  });
});
