import { OpenAPIHono, type RouteConfig, z } from "@hono/zod-openapi";
import { SUCCESS_STATUS, type SuccessKind } from "../http/answer.ts";
import type { Operation } from "../http/operation.ts";
import { describeProblem, PROBLEM_CODES, ProblemBody, type ProblemCode } from "../http/problem.ts";
import { Payload } from "../runs/shapes.ts";
import { Failure } from "../steps/contract.ts";
import { PlanDescription } from "../workflows/contract.ts";

/** An OpenAPI 3.1 document. */
export type OpenApiDocument = ReturnType<OpenAPIHono["getOpenAPI31Document"]>;

type Content = Record<string, { readonly schema: z.ZodType }>;

const SCHEME = "apiKey";

/** What operations are grouped by, and the first words of the paths of each group. */
const GROUPS = [
  { name: "Workflows", words: ["workflows"], description: "Recipes and their versions, and starting runs of them." },
  { name: "Runs", words: ["runs"], description: "Looking at runs, their steps and logs, and changing them." },
  { name: "Audit", words: ["audit"], description: "The logs of all runs, and what operators did." },
  { name: "Live", words: ["stream"], description: "Changes as they happen." },
  { name: "Figures", words: ["stats", "metrics"], description: "Counts and durations." },
  { name: "Keys", words: ["keys", "me"], description: "Who may do what." },
  {
    name: "Service",
    words: ["health", "docs", "schema", "openapi.json"],
    description: "How it is, and what it takes.",
  },
] as const satisfies readonly {
  readonly name: string;
  readonly words: readonly string[];
  readonly description: string;
}[];

/**
 * Writes the API down as an OpenAPI 3.1 document.
 *
 * @param operations - Every operation.
 * @returns The document.
 */
export function buildOpenApiDocument(operations: readonly Operation[]): OpenApiDocument {
  const generator = new OpenAPIHono();
  generator.openAPIRegistry.registerComponent("securitySchemes", SCHEME, { type: "http", scheme: "bearer" });
  // Parts that are first met in a nullable place would otherwise be nullable everywhere.
  generator.openAPIRegistry.register("Failure", Failure);
  generator.openAPIRegistry.register("Payload", Payload);
  generator.openAPIRegistry.register("Plan", PlanDescription);
  for (const operation of operations) {
    generator.openAPIRegistry.registerPath(describeOperation(operation));
  }
  return generator.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Baton",
      version: "1",
      description: "Durable workflows on edge functions. Instants are ISO 8601 in UTC; durations are in ms.",
      license: { name: "MIT", url: "https://opensource.org/license/mit" },
      contact: { name: "The maintainers of Baton" },
    },
    servers: [{ url: "/", description: "The deployment that this document comes from." }],
    tags: GROUPS.map(({ name, description }) => ({ name, description })),
  });
}

function describeOperation(operation: Operation): RouteConfig {
  const { id, method, path, summary, params, query, headers, body } = operation;
  return {
    operationId: id,
    method,
    path,
    summary,
    tags: groupsOf(path),
    ...describeKey(operation),
    request: {
      ...(isEmpty(params) ? {} : { params }),
      ...(isEmpty(query) ? {} : { query }),
      ...(headers.length === 0 ? {} : { headers: describeHeaders(headers) }),
      ...(body.kind === "none" ? {} : { body: describeBody(body) }),
    },
    responses: { ...describeSuccesses(operation), ...describeProblems(operation) },
  };
}

function groupsOf(path: string): string[] {
  const word = path.split("/")[2];
  return GROUPS.filter(({ words }) => words.some((known) => known === word)).map(({ name }) => name);
}

function describeKey({ role, isKeyOptional }: Operation): Pick<RouteConfig, "description" | "security"> {
  const withKey = { [SCHEME]: [] };
  if (role !== null) {
    return { description: `Needs a key with the role ${role}.`, security: [withKey] };
  }
  return isKeyOptional === true
    ? { description: "No key is needed; who sends one is told more.", security: [{}, withKey] }
    : { description: "No key is needed.", security: [] };
}

function isEmpty(shape: z.ZodObject): boolean {
  return Object.keys(shape.shape).length === 0;
}

function describeHeaders(headers: Operation["headers"]): z.ZodObject {
  return z.object(
    Object.fromEntries(headers.map(({ name, description }) => [name, z.string().optional().openapi({ description })])),
  );
}

function describeBody(
  body: Exclude<Operation["body"], { readonly kind: "none" }>,
): NonNullable<NonNullable<RouteConfig["request"]>["body"]> {
  if (body.kind === "json") {
    return { required: !body.isOptional, content: { "application/json": { schema: body.schema } } };
  }
  const description = "The recipe itself; its JSON Schema is at /api/schema/workflow.";
  return {
    required: true,
    content: {
      "application/json": { schema: { type: "object", additionalProperties: true, description } },
      "application/yaml": { schema: { type: "string", description } },
    },
  };
}

function describeSuccesses({ successes, result, mediaType, stream }: Operation): RouteConfig["responses"] {
  const content: Content = {
    [mediaType ?? "application/json"]: { schema: result },
    ...(stream === undefined ? {} : { "text/event-stream": { schema: z.string().openapi({ description: stream }) } }),
  };
  const kinds = Object.keys(SUCCESS_STATUS).filter((kind): kind is SuccessKind => kind in SUCCESS_STATUS);
  return Object.fromEntries(
    kinds.flatMap((kind) => {
      const description = successes[kind];
      return description === undefined
        ? []
        : [
            [
              String(SUCCESS_STATUS[kind]),
              kind === "not_modified" || kind === "no_content" ? { description } : { description, content },
            ],
          ];
    }),
  );
}

function describeProblems(operation: Operation): RouteConfig["responses"] {
  const codes = problemsOf(operation);
  const byStatus = Map.groupBy(codes, (code) => describeProblem(code).status);
  return Object.fromEntries(
    [...byStatus].map(([status, group]) => [
      String(status),
      {
        description: group.map((code) => `\`${code}\`: ${describeProblem(code).title}.`).join(" "),
        content: { "application/problem+json": { schema: ProblemBody } },
      },
    ]),
  );
}

/** Its own refusals, and those that operations of its kind share. */
function problemsOf({ problems, role, params, query, headers, body }: Operation): readonly ProblemCode[] {
  const codes = new Set<ProblemCode>([
    ...problems,
    "internal_error",
    "misconfigured",
    "unavailable",
    "invalid_request",
  ]);
  const kinds: readonly (readonly [boolean, readonly ProblemCode[]])[] = [
    [role !== null, ["unauthorized", "forbidden", "too_many_attempts"]],
    [!isEmpty(params), ["not_found"]],
    [!isEmpty(query) || headers.length > 0, ["invalid_request"]],
    [body.kind !== "none", ["malformed_body", "body_timeout", "body_too_large", "unsupported_media_type"]],
  ];
  for (const [isOfKind, shared] of kinds) {
    for (const code of isOfKind ? shared : []) {
      codes.add(code);
    }
  }
  return PROBLEM_CODES.filter((code) => codes.has(code));
}
