import { z } from "@hono/zod-openapi";
import { Instant, Nothing, SMALL_BODY_BYTES_MAX } from "../http/fields.ts";
import { defineOperation } from "../http/operation.ts";

const KEY_NAME = /^[a-z][a-z0-9_.-]{0,62}$/;

const KeyRole = z.enum(["viewer", "operator", "admin"]);

/** An API key as lists show it. */
export const ApiKey = z
  .object({
    name: z.string(),
    prefix: z.string().openapi({ description: "The beginning of the key." }),
    role: KeyRole,
    createdAt: Instant,
    createdBy: z.string(),
    lastUsedAt: Instant.nullable().openapi({ description: "Up to half a minute behind." }),
    revokedAt: Instant.nullable(),
  })
  .openapi("ApiKey");

/** `GET /api/me` */
export const getMe = defineOperation({
  id: "getMe",
  method: "get",
  path: "/api/me",
  role: "viewer",
  summary: "Ask which key this is and what it may do",
  params: Nothing,
  query: Nothing,
  headers: [],
  body: { kind: "none" },
  result: z
    .object({
      name: z.string().openapi({ description: "Name of the key; `bootstrap` is the one from the environment." }),
      role: KeyRole.openapi({ description: "Each role may do what the ones before it may." }),
    })
    .openapi("Me"),
  successes: { ok: "The key that was sent." },
  problems: [],
});

/** `GET /api/keys` */
export const listKeys = defineOperation({
  id: "listKeys",
  method: "get",
  path: "/api/keys",
  role: "admin",
  summary: "List API keys by name",
  params: Nothing,
  query: Nothing,
  headers: [],
  body: { kind: "none" },
  result: z.object({ items: z.array(ApiKey) }),
  successes: { ok: "All keys, those that were revoked too; never the keys themselves." },
  problems: [],
});

/** `POST /api/keys` */
export const createKey = defineOperation({
  id: "createKey",
  method: "post",
  path: "/api/keys",
  role: "admin",
  summary: "Make an API key",
  params: Nothing,
  query: Nothing,
  headers: [],
  body: {
    kind: "json",
    schema: z.strictObject({
      name: z
        .string()
        .regex(KEY_NAME, "a key's name matches ^[a-z][a-z0-9_.-]{0,62}$")
        .refine((name) => name !== "bootstrap", "the key from the environment is named `bootstrap`"),
      role: KeyRole,
    }),
    bytesMax: SMALL_BODY_BYTES_MAX,
    isOptional: false,
  },
  result: ApiKey.extend({ key: z.string().openapi({ description: "The key. It is not shown again." }) }).openapi(
    "NewApiKey",
  ),
  successes: { created: "The key, this once." },
  problems: ["key_exists"],
});

/** `DELETE /api/keys/{name}` */
export const revokeKey = defineOperation({
  id: "revokeKey",
  method: "delete",
  path: "/api/keys/{name}",
  role: "admin",
  summary: "Revoke an API key; it stops working within half a minute",
  params: z.strictObject({ name: z.string().regex(KEY_NAME, "no key has such a name") }),
  query: Nothing,
  headers: [],
  body: { kind: "none" },
  result: ApiKey,
  successes: { ok: "The key, revoked. Its name is never given again." },
  problems: ["key_not_found"],
});
