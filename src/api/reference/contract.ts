import { z } from "@hono/zod-openapi";
import { AnyJson, Nothing } from "../http/fields.ts";
import { defineOperation } from "../http/operation.ts";

/** `GET /api/openapi.json` */
export const getOpenApi = defineOperation({
  id: "getOpenApi",
  method: "get",
  path: "/api/openapi.json",
  role: null,
  summary: "Get this API as an OpenAPI 3.1 document",
  params: Nothing,
  query: Nothing,
  headers: [],
  body: { kind: "none" },
  result: AnyJson,
  successes: { ok: "The document." },
  problems: [],
});

/** `GET /api/schema/workflow` */
export const getRecipeSchema = defineOperation({
  ...getOpenApi,
  id: "getRecipeSchema",
  path: "/api/schema/workflow",
  summary: "Get the JSON Schema of the recipe language",
  successes: { ok: "The schema (2020-12)." },
});

/** `GET /api/docs` */
export const getDocs = defineOperation({
  ...getOpenApi,
  id: "getDocs",
  path: "/api/docs",
  summary: "Read the reference of this API",
  result: z.string(),
  mediaType: "text/html",
  successes: { ok: "A page for people." },
});
