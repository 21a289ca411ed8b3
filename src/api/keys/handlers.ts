import type { z } from "@hono/zod-openapi";
import { ok } from "../http/answer.ts";
import { hexDigest } from "../http/digest.ts";
import { viewInstant } from "../http/fields.ts";
import { problem } from "../http/problem.ts";
import { serveOperation, type ServedOperation } from "../http/serve-operation.ts";
import { type ApiKey, createKey, getMe, listKeys, revokeKey } from "./contract.ts";
import type { ApiKeyRecord } from "./port.ts";

/** Stands before the name of a key in the name of who used it. */
const ACTOR_PREFIX = "key:";

/** Random bytes of a key: 32 characters of base64url. */
const KEY_BYTES = 24;

/** Characters of a key that lists show: its mark and 4 of the 32 that are random. */
const PREFIX_LENGTH = 10;

/** API keys: the caller's own, list, make, revoke. */
export const keyOperations: readonly ServedOperation[] = [
  serveOperation(getMe, async ({ actor, role }) =>
    actor === null || role === null
      ? problem("unauthorized", "send an API key: `Authorization: Bearer <key>`")
      : ok({ name: actor.slice(ACTOR_PREFIX.length), role }),
  ),
  serveOperation(listKeys, async ({ database }) => {
    const keys = await database.keys.list();
    return ok({ items: keys.map(viewKey) });
  }),
  serveOperation(createKey, async ({ body, actor, services, database }) => {
    if (body === undefined) {
      return problem("malformed_body", "send name and role of the key, as JSON");
    }
    const { name, role } = body;
    const key = `baton_${base64Url(services.randomBytes(KEY_BYTES))}`;
    const prefix = key.slice(0, PREFIX_LENGTH);
    const created = { name, role, prefix, createdAt: services.now(), createdBy: actor ?? "system" };
    const isCreated = await database.keys.create({ ...created, digest: hexDigest(key) });
    return isCreated
      ? { kind: "created", body: { ...viewKey({ ...created, lastUsedAt: null, revokedAt: null }), key } }
      : problem("key_exists", `a key was named ${name} before, and names are given once; choose another`);
  }),
  serveOperation(revokeKey, async ({ params, actor, services, database }) => {
    const key = await database.keys.revoke(params.name, actor ?? "system", services.now());
    return key === null
      ? problem("key_not_found", `there is no key ${params.name}; GET /api/keys lists them`)
      : ok(viewKey(key));
  }),
];

function viewKey(key: ApiKeyRecord): z.output<typeof ApiKey> {
  const { name, prefix, role, createdAt, createdBy, lastUsedAt, revokedAt } = key;
  return {
    name,
    prefix,
    role,
    createdAt: createdAt.toISOString(),
    createdBy,
    lastUsedAt: viewInstant(lastUsedAt),
    revokedAt: viewInstant(revokedAt),
  };
}

function base64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_");
}
