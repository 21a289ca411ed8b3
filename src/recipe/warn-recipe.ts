import { isJsonObject, type Json, type JsonObject } from "../domain/json.ts";
import { findCondition, findExpressions, type LocatedExpression } from "../language/expression-texts.ts";
import { findGuards, findTraps, type TrapScope } from "../language/expression-traps.ts";
import type { CompiledExpression } from "../language/expression/compile-expression.ts";
import { findReads } from "../language/expression/reads.ts";
import { ISSUES_MAX } from "../language/limits.ts";
import type { Finding, RecipePath } from "../language/recipe-issue.ts";

/** What gives another value each time, though it reads nothing. */
const VARYING = /\$(?:now|millis|random|shuffle|uuid)\b/;

/**
 * Finds what is valid in a recipe and hardly means what it says.
 *
 * @param recipe - A recipe without problems.
 * @returns Warnings, with the codes of `WARNING_CODES`.
 */
export function findWarnings(recipe: JsonObject): readonly Finding[] {
  const { input, output } = recipe;
  const list: readonly Json[] = Array.isArray(recipe["steps"]) ? recipe["steps"] : [];
  const steps = list.filter(isJsonObject);
  const http = steps.flatMap(({ id, type }) => (type === "http" && typeof id === "string" ? [id] : []));
  const inputSchema = input !== undefined && isJsonObject(input) ? input : null;
  const scope: TrapScope = { inputSchema, httpSteps: new Set(http), guards: new Set() };
  const inSteps = steps.flatMap((step, index) => listOfStep(step, ["steps", index], scope));
  const inOutput = findExpressions(output ?? null, ["output"]).expressions.map((located) => ({ ...located, scope }));
  const warnings: Finding[] = [];
  for (const scoped of [...inSteps, ...inOutput]) {
    if (warnings.length >= ISSUES_MAX) {
      break;
    }
    warnings.push(...warnOf(scoped));
  }
  return warnings;
}

/** An expression and what is known where it is evaluated. */
interface ScopedExpression extends LocatedExpression {
  readonly scope: TrapScope;
  readonly isCondition?: boolean;
}

function listOfStep(step: JsonObject, path: RecipePath, scope: TrapScope): readonly ScopedExpression[] {
  const { if: condition, with: template } = step;
  const conditions = typeof condition === "string" ? findCondition(condition, [...path, "if"]).expressions : [];
  // What `if` has made sure of holds where the step is executed.
  const guards = new Set(conditions.flatMap(({ expression }) => [...findGuards(expression)]));
  const inTemplate = findExpressions(template ?? null, [...path, "with"]).expressions;
  return [
    ...conditions.map((located) => ({ ...located, scope, isCondition: true })),
    ...inTemplate.map((located) => ({ ...located, scope: { ...scope, guards } })),
  ];
}

function warnOf({ expression, path, scope, isCondition }: ScopedExpression): readonly Finding[] {
  const traps = findTraps(expression, path, scope);
  if (isCondition !== true || !isConstant(expression)) {
    return traps;
  }
  const message = "this `if` reads nothing, so it comes out the same in every run";
  const hint = "compare something of `input` or `steps`, or leave it out";
  return [...traps, { code: "constant_condition", path, message, hint }];
}

function isConstant(expression: CompiledExpression): boolean {
  const { roots, readsAll } = findReads(expression);
  return !readsAll && roots.length === 0 && !VARYING.test(expression.source);
}
