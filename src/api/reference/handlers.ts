import { createHash } from "node:crypto";
import type { JsonObject } from "../../domain/json.ts";
import { recipeJsonSchema } from "../../recipe/recipe-schema.ts";
import type { Operation } from "../http/operation.ts";
import { serveOperation, type ServedOperation } from "../http/serve-operation.ts";
import { getDocs, getOpenApi, getRecipeSchema } from "./contract.ts";
import { writeDocsPage } from "./docs-page.ts";
import { DOCS_STYLE } from "./docs-style.ts";
import { buildOpenApiDocument } from "./openapi-document.ts";

/** The reference changes with a deployment only; a browser asks for it again after this. */
const CACHE_CONTROL = "public, max-age=300";

/**
 * Makes the operations that describe the API.
 *
 * @param listOperations - Gives every operation, these among them.
 * @returns The operations.
 */
export function describeApi(listOperations: () => readonly Operation[]): readonly ServedOperation[] {
  const openApiText = once(() => JSON.stringify(buildOpenApiDocument(listOperations())));
  const schemaText = once(() => JSON.stringify(recipeJsonSchema()));
  const page = once(() => {
    const document: JsonObject = JSON.parse(openApiText());
    return writeDocsPage(document);
  });
  return [
    serveOperation(getOpenApi, async () => answer(openApiText(), "application/json")),
    serveOperation(getRecipeSchema, async () => answer(schemaText(), "application/json")),
    serveOperation(getDocs, async () =>
      answer(page(), "text/html; charset=utf-8", {
        "Content-Security-Policy": contentPolicy(),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
      }),
    ),
  ];
}

/** The page has no scripts, and no style but its own. */
const contentPolicy = once(() => {
  const styleHash = createHash("sha256").update(DOCS_STYLE).digest("base64");
  return `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
});

function answer(body: string, type: string, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(body, { headers: { "Content-Type": type, "Cache-Control": CACHE_CONTROL, ...headers } });
}

/** Starting an isolate must stay fast, so what only the reference needs is made when it is first asked for. */
function once(make: () => string): () => string {
  let made: string | null = null;
  return () => {
    made ??= make();
    return made;
  };
}
