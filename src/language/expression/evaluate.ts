import type { Json } from "../../domain/json.ts";
import type { Scope } from "../../domain/run/outcome.ts";
import { LruCache } from "./cache.ts";
import { compileExpression, type CompiledExpression, type CompileExpressionResult } from "./compile-expression.ts";
import { describeThrown, type ExpressionError } from "./expression-error.ts";
import { CACHED_CHARACTERS_MAX, CACHED_TEXTS_MAX, FUEL_DEFAULT } from "./limits.ts";
import { Meter } from "./meter.ts";
import { isTruthy, ResultBudget, toJson, toText } from "./result.ts";
import { splitText } from "./template-text.ts";

/** What an expression can read: the scope of the attempt, and the step itself. */
export interface ExpressionContext extends Scope {
  readonly step?: { readonly key: string; readonly attempt: number; readonly idempotencyKey: string };
}

/** How a template is evaluated. */
export interface TemplateOptions {
  /** What becomes of members whose expression gives nothing: null (the default), or left out of their object. */
  readonly missing?: "null" | "omit";
  /** Units of fuel for the whole template; `FUEL_DEFAULT` when not given. */
  readonly fuel?: number;
}

/** The value of a template, or why it has none. */
export type EvaluateResult =
  | { readonly ok: true; readonly value: Json }
  | { readonly ok: false; readonly error: ExpressionError };

/** Whether a condition holds, or why that cannot be told. */
export type ConditionResult =
  | { readonly ok: true; readonly value: boolean }
  | { readonly ok: false; readonly error: ExpressionError };

type CompiledPart = string | { readonly source: string; readonly compiled: CompileExpressionResult };

const texts = new LruCache<readonly CompiledPart[]>(CACHED_TEXTS_MAX, CACHED_CHARACTERS_MAX);
const conditions = new LruCache<CompileExpressionResult>(CACHED_TEXTS_MAX, CACHED_CHARACTERS_MAX);

/**
 * Resolves every text in a template. A text that is exactly one expression yields that expression's value, whatever its
 * type; otherwise results are put into the text. `$now()`, `$millis()` and `$random()` read the clock and chance, so a
 * template that uses them gives another value on the next attempt.
 *
 * @param template - Any JSON.
 * @param context - What expressions can read; it is not changed.
 * @param options - What to do about missing values, and how much fuel there is.
 * @returns The value; or an error with one of the codes of `ExpressionErrorCode`. Never rejects on what an expression does.
 */
export async function evaluateTemplate(
  template: Json,
  context: ExpressionContext,
  options: TemplateOptions = {},
): Promise<EvaluateResult> {
  const resolver = new TemplateResolver(context, options);
  try {
    const value = await resolver.resolve(template);
    return { ok: true, value: value ?? null };
  } catch (error) {
    return { ok: false, error: describeFailure(error) };
  } finally {
    resolver.close();
  }
}

/**
 * Evaluates a condition.
 *
 * @param source - An expression without `${{ }}`.
 * @param context - What it can read.
 * @returns Whether JSONata takes its value for true; or an error as of `evaluateTemplate`.
 */
export async function evaluateCondition(source: string, context: ExpressionContext): Promise<ConditionResult> {
  const resolver = new TemplateResolver(context, {});
  try {
    const value = await resolver.evaluate(source, conditions.getOrCreate(source, compileExpression));
    return { ok: true, value: isTruthy(value) };
  } catch (error) {
    return { ok: false, error: describeFailure(error) };
  } finally {
    resolver.close();
  }
}

/** Carries an error of one expression out of a template. */
class TemplateFailure extends Error {
  readonly error: ExpressionError;

  constructor(error: ExpressionError) {
    super(error.message);
    this.error = error;
  }
}

class TemplateResolver {
  readonly #context: ExpressionContext;
  readonly #omitsMissing: boolean;
  readonly #meter: Meter;
  readonly #budget = new ResultBudget();

  constructor(context: ExpressionContext, options: TemplateOptions) {
    this.#context = context;
    this.#omitsMissing = options.missing === "omit";
    this.#meter = new Meter(options.fuel ?? FUEL_DEFAULT);
  }

  async resolve(template: Json): Promise<Json | undefined> {
    if (typeof template === "string") {
      return template.includes("${{") ? this.#resolveText(template) : template;
    }
    if (typeof template !== "object" || template === null) {
      return template;
    }
    return isList(template) ? this.#resolveList(template) : this.#resolveObject(template);
  }

  async evaluate(source: string, compiled: CompileExpressionResult): Promise<Json | undefined> {
    if (!compiled.ok) {
      throw new TemplateFailure(compiled.error);
    }
    return this.#run(source, compiled.expression);
  }

  close(): void {
    this.#meter.close();
  }

  async #run(source: string, expression: CompiledExpression): Promise<Json | undefined> {
    try {
      const value = await expression.evaluate(this.#context, this.#meter);
      return toJson(value, this.#budget);
    } catch (error) {
      throw new TemplateFailure(describeThrown(source, error, "expression_failed"));
    }
  }

  async #resolveList(list: readonly Json[]): Promise<Json> {
    const values: Json[] = [];
    for (const entry of list) {
      values.push((await this.resolve(entry)) ?? null);
    }
    return values;
  }

  async #resolveObject(object: Readonly<Record<string, Json>>): Promise<Json> {
    const entries: [string, Json][] = [];
    for (const [name, member] of Object.entries(object)) {
      const value = await this.resolve(member);
      if (value !== undefined || !this.#omitsMissing) {
        entries.push([name, value ?? null]);
      }
    }
    return Object.fromEntries(entries);
  }

  async #resolveText(text: string): Promise<Json | undefined> {
    const parts = texts.getOrCreate(text, compileText);
    const [first] = parts;
    if (parts.length === 1 && typeof first === "object") {
      return this.evaluate(first.source, first.compiled);
    }
    let resolved = "";
    for (const part of parts) {
      resolved += typeof part === "string" ? part : toText(await this.evaluate(part.source, part.compiled));
    }
    return resolved;
  }
}

function compileText(text: string): readonly CompiledPart[] {
  const split = splitText(text);
  if (!split.ok) {
    const message = `\`\${{\` at character ${split.offset} is not closed with \`}}\``;
    return [{ source: text, compiled: { ok: false, error: { code: "expression_syntax", message } } }];
  }
  return split.parts.map((part) =>
    typeof part === "string" ? part : { source: part.source, compiled: compileExpression(part.source) },
  );
}

function describeFailure(error: unknown): ExpressionError {
  if (error instanceof TemplateFailure) {
    return error.error;
  }
  throw error;
}

function isList(value: readonly Json[] | Readonly<Record<string, Json>>): value is readonly Json[] {
  return Array.isArray(value);
}
