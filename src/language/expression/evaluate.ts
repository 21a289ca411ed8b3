import type { Json } from "../../domain/json.ts";
import type { Scope } from "../../domain/run/outcome.ts";
import { LruCache } from "./cache.ts";
import {
  compileExpression,
  estimateBytes,
  type CompiledExpression,
  type CompileExpressionResult,
} from "./compile-expression.ts";
import { Evaluation } from "./evaluation/evaluation.ts";
import { isTrue } from "./evaluation/truth.ts";
import { setMember, type PlainObject, type Value } from "./evaluation/values.ts";
import { describeThrown, type ExpressionError, ExpressionFailure } from "./expression-error.ts";
import { CACHED_BYTES_MAX, FUEL_DEFAULT } from "./limits.ts";
import { refuseFunction, ResultBudget, toJson, toText } from "./result.ts";
import { splitText } from "./template-text.ts";

/** What an expression can read: the scope of the attempt, and the step itself. */
export interface ExpressionContext extends Scope {
  readonly step?: { readonly key: string; readonly attempt: number; readonly idempotencyKey: string };
  /** Makes `run.signalUrl`; called only where an expression reads it. */
  readonly signalUrl?: () => SignalUrl;
}

/** The address by which who holds it sends signals to a run, or what the deployment lacks to make one. */
export type SignalUrl = { readonly ok: true; readonly url: string } | { readonly ok: false; readonly message: string };

/** How expressions are evaluated. */
export interface EvaluateOptions {
  /** The instant of `$now()` and `$millis()`: one for all that an attempt evaluates. */
  readonly now: Date;
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

const texts = new LruCache<readonly CompiledPart[]>(CACHED_BYTES_MAX, weighText);
const conditions = new LruCache<CompileExpressionResult>(CACHED_BYTES_MAX, estimateBytes);

/**
 * Resolves every text in a template. A text that is exactly one expression yields that expression's value, whatever its
 * type; otherwise results are put into the text. `$random()`, `$shuffle()` and `$uuid()` give the same values whenever
 * an attempt is evaluated again, and others for the next attempt.
 *
 * @param template - Any JSON.
 * @param context - What expressions can read; it is not changed.
 * @param options - The instant, what to do about missing values, and how much fuel there is.
 * @returns The value; or an error with one of the codes of `ExpressionErrorCode`.
 */
export function evaluateTemplate(template: Json, context: ExpressionContext, options: EvaluateOptions): EvaluateResult {
  try {
    return { ok: true, value: new TemplateResolver(context, options).resolve(template) ?? null };
  } catch (error) {
    return { ok: false, error: errorOf(error) };
  }
}

/**
 * Evaluates a condition.
 *
 * @param source - An expression without `${{ }}`.
 * @param context - What it can read.
 * @param options - The instant, and how much fuel there is.
 * @returns Whether JSONata takes its value for true; or an error as of `evaluateTemplate`.
 */
export function evaluateCondition(
  source: string,
  context: ExpressionContext,
  options: EvaluateOptions,
): ConditionResult {
  try {
    const compiled = conditions.getOrCreate(source, (text) => compileExpression(text));
    return { ok: true, value: new TemplateResolver(context, options).test(compiled) };
  } catch (error) {
    return { ok: false, error: errorOf(error) };
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
  readonly #omitsMissing: boolean;
  readonly #run: Evaluation;
  readonly #budget: ResultBudget;

  constructor(context: ExpressionContext, { now, missing, fuel }: EvaluateOptions) {
    this.#omitsMissing = missing === "omit";
    const seed = seedOf(context);
    this.#run = new Evaluation(rootOf(context), fuel ?? FUEL_DEFAULT, { nowMs: now.getTime(), seed });
    this.#budget = new ResultBudget(this.#run);
  }

  resolve(template: Json): Json | undefined {
    if (typeof template === "string") {
      return template.includes("${{") ? this.#resolveText(template) : template;
    }
    if (typeof template !== "object" || template === null) {
      return template;
    }
    return isList(template) ? template.map((entry) => this.resolve(entry) ?? null) : this.#resolveObject(template);
  }

  test(compiled: CompileExpressionResult): boolean {
    return this.#attempt(compiled, (expression) => {
      const value = expression.evaluate(this.#run);
      refuseFunction(value);
      return isTrue(this.#run, value);
    });
  }

  #evaluate(compiled: CompileExpressionResult): Json | undefined {
    return this.#attempt(compiled, (expression) => toJson(expression.evaluate(this.#run), this.#budget));
  }

  #attempt<Result>(compiled: CompileExpressionResult, evaluate: (expression: CompiledExpression) => Result): Result {
    if (!compiled.ok) {
      throw new TemplateFailure(compiled.error);
    }
    try {
      return evaluate(compiled.expression);
    } catch (error) {
      throw new TemplateFailure(describeThrown(compiled.expression.source, error));
    }
  }

  #resolveObject(object: Readonly<Record<string, Json>>): Json {
    const resolved: Record<string, Json> = {};
    for (const [name, member] of Object.entries(object)) {
      const value = this.resolve(member);
      if (value !== undefined || !this.#omitsMissing) {
        setMember(resolved, name, value ?? null);
      }
    }
    return resolved;
  }

  #resolveText(text: string): Json | undefined {
    const parts = texts.getOrCreate(text, compileText);
    const [first] = parts;
    if (parts.length === 1 && typeof first === "object") {
      return this.#evaluate(first.compiled);
    }
    let resolved = "";
    for (const part of parts) {
      resolved += typeof part === "string" ? part : toText(this.#evaluate(part.compiled));
    }
    return resolved;
  }
}

function rootOf({ errors, run, step, item, index, signalUrl, ...context }: ExpressionContext): PlainObject {
  const errorEntries = Object.entries(errors).map(([id, error]): [string, Value] => [id, { ...error }]);
  return {
    ...context,
    errors: Object.fromEntries(errorEntries),
    run: signalUrl === undefined ? { ...run } : withSignalUrl(run, signalUrl),
    ...(step === undefined ? {} : { step: { ...step } }),
    ...(index === null ? {} : { item, index }),
  };
}

/** The same for each evaluation of an attempt: a hash (FNV-1a) of what names it. */
function seedOf({ run, step }: ExpressionContext): number {
  const name = step === undefined ? run.id : `${step.idempotencyKey}:${step.attempt}`;
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
  }
  return hash;
}

/** A credential: it is there for who names it, and is not among what `run` as a whole writes out or lists. */
function withSignalUrl(run: Scope["run"], signalUrl: () => SignalUrl): PlainObject {
  return Object.defineProperty({ ...run }, "signalUrl", {
    enumerable: false,
    get: () => {
      const made = signalUrl();
      if (!made.ok) {
        throw new ExpressionFailure("expression_failed", made.message);
      }
      return made.url;
    },
  });
}

function compileText(text: string): readonly CompiledPart[] {
  const split = splitText(text);
  if (!split.ok) {
    const message = `\`\${{\` at character ${split.offset + 1} is not closed with \`}}\``;
    return [{ source: text, compiled: { ok: false, error: { code: "expression_syntax", message } } }];
  }
  return split.parts.map((part) =>
    typeof part === "string" ? part : { source: part.source, compiled: compileExpression(part.source) },
  );
}

function weighText(text: string, parts: readonly CompiledPart[]): number {
  const weights = parts.map((part) => (typeof part === "string" ? 0 : estimateBytes(part.source, part.compiled)));
  return weights.reduce((sum, weight) => sum + weight, text.length * 2);
}

function errorOf(error: unknown): ExpressionError {
  if (error instanceof TemplateFailure) {
    return error.error;
  }
  throw error;
}

function isList(value: readonly Json[] | Readonly<Record<string, Json>>): value is readonly Json[] {
  return Array.isArray(value);
}
