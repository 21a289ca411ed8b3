import { and, asc, eq, isNull } from "drizzle-orm";
import type { ApiKeyRecord, ApiKeyStore, NewApiKey } from "../../../functions/api/ports/api-key-store.ts";
import { apiKeys } from "../schema/api-keys.ts";
import type { ApiSql } from "./api-database.ts";
import { callDatabase } from "./database-call.ts";
import { noteOperatorEvent } from "./operator-events.ts";

const KEYS_SHOWN_MAX = 1000;

const COLUMNS = {
  name: apiKeys.name,
  prefix: apiKeys.prefix,
  role: apiKeys.role,
  createdAt: apiKeys.createdAt,
  createdBy: apiKeys.createdBy,
  lastUsedAt: apiKeys.lastUsedAt,
  revokedAt: apiKeys.revokedAt,
};

/**
 * Makes the store of API keys.
 *
 * @param db - What statements run on.
 * @returns The store.
 */
export function createApiKeyStore(db: ApiSql): ApiKeyStore {
  return {
    create: async (key) => callDatabase(async () => create(db, key)),
    list: async () =>
      callDatabase(async () => db.select(COLUMNS).from(apiKeys).orderBy(asc(apiKeys.name)).limit(KEYS_SHOWN_MAX)),
    revoke: async (name, actor, now) => callDatabase(async () => revoke(db, { name, actor, now })),
    use: async (digest, now) =>
      callDatabase(async () => {
        const [used] = await db
          .update(apiKeys)
          .set({ lastUsedAt: now })
          .where(and(eq(apiKeys.digest, digest), isNull(apiKeys.revokedAt)))
          .returning({ name: apiKeys.name, role: apiKeys.role });
        return used ?? null;
      }),
  };
}

async function create(db: ApiSql, key: NewApiKey): Promise<boolean> {
  return db.transaction(async (tx) => {
    const created = await tx.insert(apiKeys).values(key).onConflictDoNothing().returning({ name: apiKeys.name });
    if (created.length === 0) {
      return false;
    }
    const { name, role, createdAt, createdBy } = key;
    await noteOperatorEvent(tx, {
      at: createdAt,
      actor: createdBy,
      type: "KEY_CREATED",
      subject: name,
      data: { role },
    });
    return true;
  });
}

async function revoke(
  db: ApiSql,
  { name, actor, now }: { readonly name: string; readonly actor: string; readonly now: Date },
): Promise<ApiKeyRecord | null> {
  return db.transaction(async (tx) => {
    const [revoked] = await tx
      .update(apiKeys)
      .set({ revokedAt: now })
      .where(and(eq(apiKeys.name, name), isNull(apiKeys.revokedAt)))
      .returning(COLUMNS);
    if (revoked !== undefined) {
      await noteOperatorEvent(tx, { at: now, actor, type: "KEY_REVOKED", subject: name, data: {} });
      return revoked;
    }
    const [before] = await tx.select(COLUMNS).from(apiKeys).where(eq(apiKeys.name, name));
    return before ?? null;
  });
}
