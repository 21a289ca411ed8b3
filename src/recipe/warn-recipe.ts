import { isJsonObject, type JsonObject } from "../domain/json.ts";
import { findCondition, findExpressions, type LocatedExpression } from "../language/expression-texts.ts";
import { findGuards, findTraps, type TrapScope } from "../language/expression-traps.ts";
import type { CompiledExpression } from "../language/expression/compile-expression.ts";
import { findReads } from "../language/expression/reads.ts";
import { ISSUES_MAX } from "../language/limits.ts";
import type { Finding } from "../language/recipe-issue.ts";
import { findDefinition } from "../steps/registry.ts";
import { allSteps, type BlockOutline, outlineBlock, type StepOutline, templatesOf } from "./outline.ts";

/** What gives another value each time, though it reads nothing. */
const VARYING = /\$(?:now|millis|random|shuffle|uuid)\b/;

/**
 * Finds what is valid in a recipe and hardly means what it says.
 *
 * @param recipe - A recipe without problems.
 * @returns Warnings, with the codes of `WARNING_CODES`.
 */
export function findWarnings(recipe: JsonObject): readonly Finding[] {
  const { input } = recipe;
  const root = outlineBlock(recipe);
  const parts = allSteps(root).map(
    ({ id, step }) => [id, findDefinition(step["type"])?.outsideParts(step["with"] ?? null) ?? []] as const,
  );
  const scope: TrapScope = {
    inputSchema: input !== undefined && isJsonObject(input) ? input : null,
    outsideParts: new Map(parts),
    guards: new Set(),
  };
  const warnings: Finding[] = [];
  for (const scoped of listOfBlock(root, scope)) {
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

function listOfBlock({ steps, output, path }: BlockOutline, scope: TrapScope): readonly ScopedExpression[] {
  const inSteps = steps.flatMap((step) => listOfStep(step, scope));
  const inOutput = findExpressions(output ?? null, [...path, "output"]).expressions;
  return [...inSteps, ...inOutput.map((located) => ({ ...located, scope }))];
}

function listOfStep({ step, path, block }: StepOutline, outer: TrapScope): readonly ScopedExpression[] {
  const { if: condition } = step;
  const conditions = typeof condition === "string" ? findCondition(condition, [...path, "if"]).expressions : [];
  // What `if` has made sure of holds where the step is executed, and in all that it holds.
  const guards = new Set([...outer.guards, ...conditions.flatMap(({ expression }) => [...findGuards(expression)])]);
  const scope = { ...outer, guards };
  const inTemplates = templatesOf(step, path).flatMap(
    (template) => findExpressions(template.value, template.path).expressions,
  );
  return [
    ...conditions.map((located) => ({ ...located, scope: outer, isCondition: true })),
    ...inTemplates.map((located) => ({ ...located, scope })),
    ...(block === null ? [] : listOfBlock(block, scope)),
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
