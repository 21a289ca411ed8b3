import { and, asc, eq, inArray, isNull, sql } from "drizzle-orm";
import type { ApiKeyRecord, ApiKeyStore, NewApiKey } from "../../../api/keys/port.ts";
import { UnavailableError } from "../../../domain/errors.ts";
import { apiKeys } from "../schema/api-keys.ts";
import type { ApiCalls } from "./api-calls.ts";
import { type ApiSql, changeRows } from "./lane.ts";
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
 * @param calls - What statements run on.
 * @returns The store.
 */
export function createApiKeyStore(calls: ApiCalls): ApiKeyStore {
  const lookups = new KeyLookups(calls);
  return {
    create: async (key) => calls.first(async (db) => create(db, key)),
    list: async () =>
      calls.read(async (db) => db.select(COLUMNS).from(apiKeys).orderBy(asc(apiKeys.name)).limit(KEYS_SHOWN_MAX)),
    revoke: async (name, actor, now) => calls.first(async (db) => revoke(db, { name, actor, now })),
    use: async (digest, now) => lookups.find(digest, now),
  };
}

async function create(db: ApiSql, key: NewApiKey): Promise<boolean> {
  return changeRows(db, async (tx) => {
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
  return changeRows(db, async (tx) => {
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

type Found = NonNullable<Awaited<ReturnType<ApiKeyStore["use"]>>>;

/** Keys that are looked up by the same statement, and what it finds, by digest. */
interface Lookup {
  readonly digests: Set<string>;
  readonly found: Promise<ReadonlyMap<string, Found>>;
}

/** Keys of one lookup; each is a request that waits. */
const DIGESTS_MAX = 10_000;

/**
 * Looks keys up, those that come while PostgreSQL answers together after it: however many wrong keys are sent, one
 * connection looks for them, and a right one among them waits no longer than that.
 */
class KeyLookups {
  readonly #calls: ApiCalls;
  #gathering: Lookup | null = null;
  #last: Promise<unknown> = Promise.resolve();

  constructor(calls: ApiCalls) {
    this.#calls = calls;
  }

  async find(digest: string, now: Date): Promise<Found | null> {
    const lookup = this.#gathering ?? this.#gather(now);
    if (lookup.digests.size >= DIGESTS_MAX) {
      throw new UnavailableError("postgres", `${DIGESTS_MAX} API keys wait to be looked up already`);
    }
    lookup.digests.add(digest);
    return (await lookup.found).get(digest) ?? null;
  }

  #gather(now: Date): Lookup {
    const digests = new Set<string>();
    const found = this.#last.then(async () => {
      this.#gathering = null;
      return this.#calls.first(async (db) => useKeys(db, [...digests], now));
    });
    this.#last = found.catch(() => undefined);
    this.#gathering = { digests, found };
    return this.#gathering;
  }
}

async function useKeys(db: ApiSql, digests: readonly string[], now: Date): Promise<ReadonlyMap<string, Found>> {
  // One text, so that the statement is the same whatever their number. Digests are hex.
  const isOne = sql`${apiKeys.digest} = any(string_to_array(${digests.join(",")}, ','))`;
  const found = await db
    .select({ digest: apiKeys.digest, name: apiKeys.name, role: apiKeys.role })
    .from(apiKeys)
    .where(and(isOne, isNull(apiKeys.revokedAt)));
  if (found.length > 0) {
    // Who holds the row of one key must not keep all others waiting; its use is noted the next time.
    const free = db
      .select({ digest: apiKeys.digest })
      .from(apiKeys)
      .where(and(isOne, isNull(apiKeys.revokedAt)))
      .for("update", { skipLocked: true });
    // A database that takes no writes still tells who may read it.
    await db
      .update(apiKeys)
      .set({ lastUsedAt: now })
      .where(inArray(apiKeys.digest, free))
      .catch(() => undefined);
  }
  return new Map(found.map(({ digest, name, role }) => [digest, { name, role }]));
}
