import type { Plan } from "../../../src/domain/plan/plan.ts";
import type { RecipeIssue } from "../../../src/language/recipe-issue.ts";
import { compileRecipe } from "../../../src/recipe/compile-recipe.ts";

/** Compiles a YAML recipe that must be right, and gives its plan. */
export function planOf(text: string): Plan {
  const result = compileRecipe(text, "yaml");
  if (!result.ok) {
    throw new Error(JSON.stringify(result.issues, null, 2));
  }
  return result.plan;
}

/** Compiles a YAML recipe, and gives its issues. */
export function issuesOf(text: string): readonly RecipeIssue[] {
  const result = compileRecipe(text, "yaml");
  return result.ok ? [] : result.issues;
}
