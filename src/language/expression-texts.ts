import { isJsonObject, type Json } from "../domain/json.ts";
import { findLookalike, hintForeignOperator } from "./expression-hints.ts";
import type { ExpressionAllowance } from "./expression/allowance.ts";
import { compileExpression, type CompiledExpression } from "./expression/compile-expression.ts";
import { splitText } from "./expression/template-text.ts";
import type { Finding, RecipePath } from "./recipe-issue.ts";

/** An expression of a recipe and where its text is. */
export interface LocatedExpression {
  readonly expression: CompiledExpression;
  readonly path: RecipePath;
}

/** All expressions of a part of a recipe, and what is wrong with those that are none. */
export interface FoundExpressions {
  readonly expressions: readonly LocatedExpression[];
  readonly findings: readonly Finding[];
}

/**
 * Compiles every expression in a template.
 *
 * @param template - Any JSON, such as a step's `with`.
 * @param path - Where it is in the recipe.
 * @param shared - Bounds the expressions of the recipe together.
 * @returns The expressions, and `expression_syntax` findings for the rest.
 */
export function findExpressions(
  template: Json,
  path: RecipePath,
  shared: ExpressionAllowance | null = null,
): FoundExpressions {
  const found: Collected = { expressions: [], findings: [], shared };
  collect(template, path, found);
  return found;
}

/**
 * Compiles a condition: one expression, with or without `${{ }}` around it.
 *
 * @param text - The `if` of a step.
 * @param path - Where it is in the recipe.
 * @param shared - Bounds the expressions of the recipe together.
 * @returns The expression, or an `expression_syntax` finding.
 */
export function findCondition(
  text: string,
  path: RecipePath,
  shared: ExpressionAllowance | null = null,
): FoundExpressions {
  const source = readCondition(text);
  if (source === null) {
    const message = "`if` must be one expression, not a text around expressions";
    const hint = "put all of it inside one `${{ }}`, joined with `=`, `and`, `or` or `&`";
    return { expressions: [], findings: [{ code: "expression_syntax", path, message, hint }] };
  }
  const found: Collected = { expressions: [], findings: [], shared };
  compileInto(found, source, path);
  return found;
}

/**
 * Takes the `${{ }}` off a condition.
 *
 * @param text - The `if` of a step.
 * @returns The source of its expression; null when there is text around the expression, or a second one.
 */
export function readCondition(text: string): string | null {
  const split = splitText(text.trim());
  if (!split.ok || split.parts.length !== 1) {
    return null;
  }
  const [part] = split.parts;
  return typeof part === "object" ? part.source : text.trim();
}

interface Collected {
  readonly expressions: LocatedExpression[];
  readonly findings: Finding[];
  readonly shared: ExpressionAllowance | null;
}

function collect(template: Json, path: RecipePath, found: Collected): void {
  if (typeof template === "string") {
    collectText(template, path, found);
  } else if (isJsonObject(template)) {
    Object.entries(template).forEach(([name, member]) => collect(member, [...path, name], found));
  } else if (Array.isArray(template)) {
    template.forEach((entry: Json, index) => collect(entry, [...path, index], found));
  }
}

function collectText(text: string, path: RecipePath, found: Collected): void {
  const split = splitText(text);
  if (!split.ok) {
    const message = `\`\${{\` at character ${split.offset} is not closed with \`}}\``;
    found.findings.push({
      code: "expression_syntax",
      path,
      message,
      hint: "close it (in YAML ` #` begins a comment, unless the text is in quotes), or write `${{ '${{' }}` for the characters themselves",
    });
    return;
  }
  for (const part of split.parts) {
    if (typeof part === "object") {
      compileInto(found, part.source, path);
    } else {
      refuseLookalike(found, part, path);
    }
  }
}

function refuseLookalike(found: Collected, text: string, path: RecipePath): void {
  const lookalike = findLookalike(text);
  if (lookalike !== null) {
    const { written, expression } = lookalike;
    const message = `\`${written}\` is text, and no expression`;
    const hint = `write \`\${{ ${expression} }}\`, or \`\${{ '${written}' }}\` for the characters themselves`;
    found.findings.push({ code: "expression_syntax", path, message, hint });
  }
}

function compileInto(found: Collected, source: string, path: RecipePath): void {
  // The one before has said so.
  if (found.shared?.isSpent === true) {
    return;
  }
  const compiled = compileExpression(source, found.shared);
  if (compiled.ok) {
    found.expressions.push({ expression: compiled.expression, path });
  } else {
    // What is no expression was read as well, if not to its end.
    found.shared?.take(source.length / 4);
    const { message, offset } = compiled.error;
    found.findings.push({ code: "expression_syntax", path, message, hint: hintForeignOperator(source, offset) });
  }
}
