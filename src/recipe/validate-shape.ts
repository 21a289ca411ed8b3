import { z } from "zod";
import { isJsonObject, type Json } from "../domain/json.ts";
import { explainDuration } from "../language/durations.ts";
import type { Finding, RecipePath } from "../language/recipe-issue.ts";
import type { SchemaIssueParams } from "../language/schema-parts.ts";
import { suggestHint } from "../language/suggest.ts";
import { DEFINITIONS, findDefinition } from "../steps/registry.ts";
import { isForLater, refuseForNow } from "./not-supported.ts";
import { RECIPE_KEYS, recipeSchema } from "./recipe-schema.ts";

type ZodIssue = z.core.$ZodIssue;

const DURATION_KEYS = new Set(["timeout", "delay", "maxDelay", "for"]);

const paramsSchema: z.ZodType<SchemaIssueParams> = z.object({
  recipeCode: z.custom<SchemaIssueParams["recipeCode"]>(),
  hint: z.string().nullable(),
});

/**
 * Checks a recipe against the schema of the language.
 *
 * @param recipe - A parsed recipe, of any shape.
 * @returns Findings for everything that is not as the schema says, among them `not_supported_yet`.
 */
export function validateShape(recipe: Json): readonly Finding[] {
  const result = recipeSchema.safeParse(recipe, { reportInput: true });
  return result.success ? [] : result.error.issues.flatMap((issue) => toFindings(issue, [], recipe));
}

function toFindings(issue: ZodIssue, base: RecipePath, recipe: Json): readonly Finding[] {
  const path = [...base, ...readPath(issue.path)];
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => describeUnknownKey(key, path, recipe));
  }
  if (issue.code === "invalid_union") {
    return describeUnion(issue, path, recipe);
  }
  if (issue.code === "invalid_key" || issue.code === "invalid_element") {
    const findings = issue.issues.flatMap((inner) => toFindings(inner, path, recipe));
    return issue.code === "invalid_key" ? findings.map((finding) => ({ ...finding, onKey: true })) : findings;
  }
  return [describeOne(issue, path)];
}

/** The issues that are one problem at one place. */
type SingleIssue = Exclude<
  ZodIssue,
  { code: "unrecognized_keys" } | { code: "invalid_union" } | { code: "invalid_key" } | { code: "invalid_element" }
>;

function describeOne(issue: SingleIssue, path: RecipePath): Finding {
  switch (issue.code) {
    case "custom":
      return describeCustom(issue, path);
    case "invalid_type":
      return describeType(issue, path);
    case "too_big":
    case "too_small":
      return describeSize(issue, path);
    case "invalid_value":
    case "invalid_format":
    case "not_multiple_of":
      return describeValue(issue, path);
  }
}

function describeUnknownKey(key: string, path: RecipePath, recipe: Json): Finding {
  const isOfStep = typeof path.at(-1) === "number";
  if ((path.length === 0 && isForLater("recipeKeys", key)) || (isOfStep && isForLater("stepKeys", key))) {
    return refuseForNow(`\`${key}\``, [...path, key], true);
  }
  const hint = suggestHint(key, keysAt(path, recipe));
  return {
    code: "unknown_key",
    path: [...path, key],
    onKey: true,
    message: `\`${key.slice(0, 60)}\` is not known here`,
    hint,
  };
}

function keysAt(path: RecipePath, recipe: Json): readonly string[] {
  const last = path.at(-1);
  if (path.length === 0) {
    return RECIPE_KEYS.recipe;
  }
  if (last === "retry") {
    return RECIPE_KEYS.retry;
  }
  if (last === "with") {
    const step = valueAt(recipe, path.slice(0, -1));
    return findDefinition(isJsonObject(step) ? step["type"] : undefined)?.parameterNames ?? [];
  }
  return last === "defaults" ? RECIPE_KEYS.defaults : RECIPE_KEYS.step;
}

function valueAt(recipe: Json, path: RecipePath): Json | undefined {
  let value: Json | undefined = recipe;
  for (const part of path) {
    const entry: Json | undefined = Array.isArray(value) ? value[Number(part)] : undefined;
    value = isJsonObject(value) ? value[part] : entry;
  }
  return value;
}

function describeCustom(issue: z.core.$ZodIssueCustom, path: RecipePath): Finding {
  const params = paramsSchema.safeParse(issue.params);
  if (params.success) {
    return { code: params.data.recipeCode, path, message: issue.message, hint: params.data.hint };
  }
  return issue.input === undefined ? describeMissing(path) : describeValue(issue, path);
}

function describeUnion(issue: z.core.$ZodIssueInvalidUnion, path: RecipePath, recipe: Json): readonly Finding[] {
  if (issue.discriminator !== undefined) {
    return [describeStepType(issue, path)];
  }
  // The arm that fits the value's type is the one its author meant: its own problems say more than "no arm fits".
  const meant = issue.errors.find((errors) => errors.every(isInside));
  if (meant !== undefined) {
    const hint = hintOf(issue);
    return meant
      .flatMap((inner) => toFindings(inner, path, recipe))
      .map((finding) => ({ ...finding, hint: finding.hint ?? hint }));
  }
  return [issue.input === undefined ? describeMissing(path) : describeValue(issue, path)];
}

/** Whether an issue is about the content of a value, whose type is right. */
function isInside(issue: ZodIssue): boolean {
  if (issue.path.length > 0) {
    return true;
  }
  if (issue.code === "invalid_union") {
    return issue.errors.some((errors) => errors.every(isInside));
  }
  return issue.code !== "invalid_type" && issue.code !== "invalid_value" && issue.code !== "invalid_format";
}

/** What the schema says about a union; not what the library says when the schema says nothing. */
function hintOf(issue: ZodIssue): string | null {
  return issue.message.startsWith("Invalid") ? null : issue.message;
}

function describeStepType(issue: z.core.$ZodIssueInvalidUnion, path: RecipePath): Finding {
  const types = [...DEFINITIONS.keys()];
  const step = issue.input;
  const type = typeof step === "object" && step !== null && "type" in step ? step.type : undefined;
  if (type === undefined) {
    return { code: "missing_key", path, message: "the step has no `type`", hint: `add \`type: ${types[0] ?? ""}\`` };
  }
  const name = typeof type === "string" ? type : JSON.stringify(type);
  if (isForLater("stepTypes", name)) {
    return refuseForNow(`step type \`${name}\``, path);
  }
  return {
    code: "unknown_type",
    path,
    message: `there is no step type \`${name.slice(0, 60)}\``,
    hint: suggestHint(name, types),
  };
}

function describeMissing(path: RecipePath): Finding {
  const key = String(path.at(-1) ?? "");
  return { code: "missing_key", path, message: `\`${key}\` is missing`, hint: `add \`${key}\`` };
}

function describeType(issue: z.core.$ZodIssueInvalidType, path: RecipePath): Finding {
  if (issue.input === undefined) {
    return describeMissing(path);
  }
  const message = `${nameOf(path)} is ${describeJson(issue.input)}, not ${withArticle(issue.expected)}`;
  if (DURATION_KEYS.has(String(path.at(-1)))) {
    return {
      code: "bad_duration",
      path,
      message: `${nameOf(path)} is ${describeJson(issue.input)}, not a duration`,
      hint: explainDuration(issue.input),
    };
  }
  const isText = issue.expected === "string" && (typeof issue.input === "number" || typeof issue.input === "boolean");
  return { code: "wrong_type", path, message, hint: isText ? `put it in quotes: "${String(issue.input)}"` : null };
}

function describeSize(issue: z.core.$ZodIssueTooBig | z.core.$ZodIssueTooSmall, path: RecipePath): Finding {
  const bound = issue.code === "too_big" ? `at most ${issue.maximum}` : `at least ${issue.minimum}`;
  if (issue.origin === "string" || issue.origin === "array") {
    const unit = issue.origin === "string" ? "characters" : "entries";
    return { code: "limit", path, message: `${nameOf(path)} must have ${bound} ${unit}`, hint: null };
  }
  return { code: "wrong_value", path, message: `${nameOf(path)} must be ${bound}`, hint: null };
}

function describeValue(issue: ZodIssue, path: RecipePath): Finding {
  const hint = hintOf(issue);
  if (issue.code === "invalid_value") {
    const allowed = issue.values.map(String);
    const shown = describeJson(issue.input);
    const near = typeof issue.input === "string" ? suggestHint(issue.input, allowed) : `use ${allowed.join(" or ")}`;
    return { code: "wrong_value", path, message: `${nameOf(path)} cannot be ${shown}`, hint: hint ?? near };
  }
  const isType = issue.code === "invalid_union" && typeof issue.input !== "string";
  return {
    code: isType ? "wrong_type" : "wrong_value",
    path,
    message: `${nameOf(path)} cannot be ${describeJson(issue.input)}`,
    hint,
  };
}

function nameOf(path: RecipePath): string {
  const last = path.at(-1);
  if (last === undefined) {
    return "the recipe";
  }
  return typeof last === "number" ? `entry ${last} of \`${String(path.at(-2) ?? "")}\`` : `\`${last}\``;
}

function describeJson(value: unknown): string {
  if (Array.isArray(value)) {
    return "a list";
  }
  if (typeof value === "object" && value !== null) {
    return "an object";
  }
  return typeof value === "string" ? `the text ${JSON.stringify(value.slice(0, 60))}` : String(value);
}

function withArticle(expected: string): string {
  switch (expected) {
    case "string":
      return "text";
    case "array":
      return "a list";
    case "int":
      return "a whole number";
    case "object":
    case "record":
      return "an object";
    default:
      return `a ${expected}`;
  }
}

function readPath(path: readonly PropertyKey[]): RecipePath {
  return path.map((part) => (typeof part === "number" ? part : String(part)));
}
