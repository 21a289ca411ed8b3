import { z } from "@hono/zod-openapi";
import { parseStrictJson } from "../../language/json-text.ts";
import { RECIPE_BYTES_MAX } from "../../language/limits.ts";
import type { BodyContract } from "./operation.ts";
import { problem, type Problem, type ProblemIssue } from "./problem.ts";
import { readBody } from "./read-body.ts";

/** A parsed part of a request, or why it was refused. */
export type Parsed<Value> = { readonly kind: "parsed"; readonly value: Value } | Problem;

const IDEMPOTENCY_KEY = /^[\x20-\x7e]{1,255}$/;

const JSON_TYPE = "application/json";
const YAML_TYPES: ReadonlySet<string> = new Set(["application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml"]);

/**
 * Parses the query of a request. A parameter may repeat only where the contract says it is a list.
 *
 * @param url - The request's address.
 * @param schema - The contract.
 * @returns The parameters, or every problem at once.
 */
export function parseQuery<Schema extends z.ZodObject>(url: string, schema: Schema): Parsed<z.output<Schema>> {
  const start = url.indexOf("?");
  if (start === -1) {
    return parseWith(schema, {}, "parameter");
  }
  const query = new URLSearchParams(url.slice(start));
  const given: [string, string | readonly string[]][] = [...new Set(query.keys())].map((name) => {
    const values = query.getAll(name);
    const [first] = values;
    return [name, first !== undefined && values.length === 1 && !isList(schema.shape[name]) ? first : values];
  });
  return parseWith(schema, Object.fromEntries(given), "parameter");
}

/**
 * Parses the names in the path of a request.
 *
 * @param params - As the router found them.
 * @param schema - The contract.
 * @returns The names; what cannot be a name is not found.
 */
export function parseParams<Schema extends z.ZodObject>(
  params: Readonly<Record<string, string>>,
  schema: Schema,
): Parsed<z.output<Schema>> {
  const parsed = schema.safeParse(params);
  if (parsed.success) {
    return { kind: "parsed", value: parsed.data };
  }
  const [issue] = parsed.error.issues;
  const name = String(issue?.path[0] ?? "");
  return problem(
    "not_found",
    `\`${(params[name] ?? "").slice(0, 100)}\` cannot exist: ${issue?.message ?? "bad path"}`,
  );
}

/**
 * Reads the idempotency key of a request.
 *
 * @param headers - Its headers.
 * @returns The key, null where there is none; or why it cannot be one.
 */
export function readIdempotencyKey(headers: Headers): Parsed<string | null> {
  const value = headers.get("Idempotency-Key");
  if (value === null || IDEMPOTENCY_KEY.test(value)) {
    return { kind: "parsed", value };
  }
  const message = "`Idempotency-Key` has 1 to 255 characters of printable ASCII";
  const issues = [{ path: "Idempotency-Key", code: "invalid_header", message }];
  return problem("invalid_request", message, { issues });
}

/**
 * Reads and parses the body of a request.
 *
 * @param request - The request.
 * @param contract - What the operation takes.
 * @returns The body (undefined when none was sent and none is needed), or the refusal.
 */
export async function parseBody<Schema extends z.ZodType>(
  request: Request,
  contract: BodyContract<Schema>,
): Promise<Parsed<z.output<Schema> | undefined>> {
  switch (contract.kind) {
    case "none":
      return { kind: "parsed", value: undefined };
    case "recipe":
      return parseRecipeBody(request, contract.schema);
    case "json": {
      const body = await readBody(request, contract.bytesMax);
      if (body.kind === "problem") {
        return body;
      }
      return body.text === "" && contract.isOptional
        ? { kind: "parsed", value: undefined }
        : parseJsonBody(request, body.text, contract);
    }
  }
}

async function parseRecipeBody<Schema extends z.ZodType>(
  request: Request,
  schema: Schema,
): Promise<Parsed<z.output<Schema>>> {
  const type = mediaTypeOf(request);
  if (type !== JSON_TYPE && !YAML_TYPES.has(type)) {
    const detail = "send the recipe with `Content-Type: application/json` or `application/yaml`";
    return problem("unsupported_media_type", detail);
  }
  const body = await readBody(request, RECIPE_BYTES_MAX);
  return body.kind === "problem"
    ? body
    : parseWith(schema, { format: YAML_TYPES.has(type) ? "yaml" : "json", text: body.text }, "field");
}

function parseJsonBody<Schema extends z.ZodType>(
  request: Request,
  text: string,
  { schema, isData }: Extract<BodyContract<Schema>, { kind: "json" }>,
): Parsed<z.output<Schema>> {
  if (mediaTypeOf(request) !== JSON_TYPE) {
    return problem("unsupported_media_type", "the body must be JSON: send it with `Content-Type: application/json`");
  }
  const json = parseStrictJson(text, isData === true ? "data" : "request");
  if (json.ok) {
    return parseWith(schema, json.value, "field");
  }
  const { message, path } = json;
  return problem(
    "malformed_body",
    message,
    path === null ? {} : { issues: [{ path, code: "malformed_body", message }] },
  );
}

function parseWith<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  what: "parameter" | "field",
): Parsed<z.output<Schema>> {
  const parsed = schema.safeParse(value);
  if (parsed.success) {
    return { kind: "parsed", value: parsed.data };
  }
  const takesInput = schema instanceof z.ZodObject && "input" in schema.shape;
  const issues = parsed.error.issues.flatMap((issue) => describeIssue(issue, what, takesInput));
  const [first] = issues;
  return problem("invalid_request", first?.message ?? "the request is not valid", { issues });
}

function describeIssue(
  issue: z.core.$ZodIssue,
  what: "parameter" | "field",
  takesInput: boolean,
): readonly ProblemIssue[] {
  if (issue.code === "unrecognized_keys") {
    const fix = takesInput && issue.path.length === 0 ? "what the run reads goes under `input`" : "remove it";
    return issue.keys.map((key) => ({
      path: pointerOf([...issue.path, key]),
      code: `unknown_${what}`,
      message: `there is no ${what} \`${key.slice(0, 100)}\` here; ${fix}`,
    }));
  }
  const path = pointerOf(issue.path);
  const [nameIssue] = issue.code === "invalid_key" ? issue.issues : [];
  if (nameIssue !== undefined) {
    return [{ path, code: `invalid_${what}`, message: nameIssue.message }];
  }
  const message =
    issue.code === "custom" || issue.code === "invalid_format"
      ? issue.message
      : `${nameOf(path, what)}: ${issue.message}`;
  return [{ path, code: `invalid_${what}`, message }];
}

function nameOf(path: string, what: "parameter" | "field"): string {
  const whole = what === "field" ? "the body" : "the query";
  return path === "" ? whole : `\`${path}\``;
}

function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

function isList(field: unknown): boolean {
  return field instanceof z.ZodArray || (field instanceof z.ZodOptional && field.unwrap() instanceof z.ZodArray);
}

/**
 * Tells what a request's body is written in. Browsers and clients may add `; charset=utf-8`, which is what everything is
 * read as.
 *
 * @param request - The request.
 * @returns The media type in lower case; `""` where none is given.
 */
export function mediaTypeOf(request: Request): string {
  const type = request.headers.get("Content-Type") ?? "";
  return (type.split(";", 1)[0] ?? "").trim().toLowerCase();
}
