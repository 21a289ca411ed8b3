import { createHash } from "node:crypto";
import { canonicalJson } from "../domain/audit/chain.ts";
import { parseWorkflowName, type WorkflowName } from "../domain/ids.ts";
import { isJsonObject, type Json, type JsonObject } from "../domain/json.ts";
import type { Plan } from "../domain/plan/plan.ts";
import { checkInputSchema } from "../language/input-schema-check.ts";
import { ISSUES_MAX } from "../language/limits.ts";
import { locateFindings, parseRecipe, type RecipeFormat } from "../language/parse.ts";
import type { Finding, RecipeIssue } from "../language/recipe-issue.ts";
import { compilePlan } from "./compile.ts";
import { outlineBlock } from "./outline.ts";
import { validateExpressions } from "./validate-expressions.ts";
import { validateShape } from "./validate-shape.ts";
import { validateSteps } from "./validate-steps.ts";
import { findWarnings } from "./warn-recipe.ts";

/** A recipe with its plan, or everything that is wrong with it. */
export type CompileResult =
  | {
      readonly ok: true;
      /** As written. */
      readonly recipe: Json;
      readonly plan: Plan;
      /** SHA-256 in hex over the canonical JSON of the recipe: equal recipes have equal checksums, however written. */
      readonly checksum: string;
      /** What hardly means what it says, in the order of the text, at most `ISSUES_MAX`. */
      readonly warnings: readonly RecipeIssue[];
    }
  | { readonly ok: false; readonly issues: readonly RecipeIssue[] };

/**
 * Compiles the text of a recipe. Never throws on what is in the text.
 *
 * @param text - The recipe.
 * @param format - Whether it is JSON or YAML.
 * @returns The recipe, its plan, its checksum and warnings; or all issues, in the order of the text, at most `ISSUES_MAX`.
 */
export function compileRecipe(text: string, format: RecipeFormat): CompileResult {
  const result = parseRecipe(text, format);
  if (!result.ok) {
    return result;
  }
  const { parsed } = result;
  const source = parsed.value;
  const findings = [...validateShape(source), ...(isJsonObject(source) ? checkParts(source) : [])];
  const name = findings.length > 0 ? null : readName(source);
  if (name === null || !isJsonObject(source)) {
    return { ok: false, issues: locateFindings(findings, parsed).slice(0, ISSUES_MAX) };
  }
  const plan = compilePlan(name, source);
  const checksum = createHash("sha256").update(canonicalJson(source)).digest("hex");
  const warnings = locateFindings(findWarnings(source), parsed).slice(0, ISSUES_MAX);
  return { ok: true, recipe: source, plan, checksum, warnings };
}

function readName(source: Json): WorkflowName | null {
  const name = isJsonObject(source) ? source["name"] : undefined;
  return typeof name === "string" ? parseWorkflowName(name) : null;
}

function checkParts(source: JsonObject): readonly Finding[] {
  const root = outlineBlock(source);
  const { findings, isOrdered } = validateSteps(root);
  return [
    ...findings,
    ...validateExpressions(source, root, isOrdered),
    ...checkInputSchema(source["input"], ["input"]),
    ...findUnseenLabels(source["labels"]),
  ];
}

/** Zod's records leave this name out without a word. */
function findUnseenLabels(labels: Json | undefined): readonly Finding[] {
  const name = "__proto__";
  if (!isJsonObject(labels) || !Object.hasOwn(labels, name)) {
    return [];
  }
  const message = `\`${name}\` is no name of a label`;
  return [
    { code: "wrong_value", path: ["labels", name], onKey: true, message, hint: "begin it with a letter or digit" },
  ];
}
