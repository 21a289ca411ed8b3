import { and, eq, isNull, lte, ne, or, sql } from "drizzle-orm";
import { drizzle, type PostgresJsDatabase } from "drizzle-orm/postgres-js";
import type { ApiDatabase } from "../../../functions/api/ports/api-database.ts";
import { openPool, type PoolOptions } from "../client.ts";
import { runs } from "../schema/runs.ts";
import { steps } from "../schema/steps.ts";
import { createApiKeyStore } from "./api-key-store.ts";
import { createAuditReads } from "./audit-reads.ts";
import { callDatabase } from "./database-call.ts";
import { createEventReads } from "./event-reads.ts";
import { createRunReads } from "./run-reads.ts";
import { createStatsReads } from "./stats-reads.ts";
import { createWorkflowStore } from "./workflow-store.ts";

/** What the API's statements run on. */
export type ApiSql = PostgresJsDatabase;

/** A connection that is given up has this long to close, in seconds. */
const CLOSE_SECONDS_MAX = 2;

/** How the connections of an `ApiDatabase` are kept. */
export type ApiConnections = Pick<PoolOptions, "connectionsMax" | "idleSeconds">;

/**
 * Opens PostgreSQL for the API's reads and writes; the first statement connects.
 *
 * @param url - Connection string.
 * @param connections - One request makes do with one connection and closes it; a shard keeps a few.
 * @returns The reads and writes of the API.
 */
export function openApiDatabase(url: string, connections: ApiConnections): ApiDatabase {
  const pool = openPool(url, { ...connections, isReserved: false });
  const db = drizzle(pool);
  return {
    runs: createRunReads(db),
    events: createEventReads(db),
    workflows: createWorkflowStore(db),
    keys: createApiKeyStore(db),
    audit: createAuditReads(db),
    stats: createStatsReads(db),
    findOldestDue: async (now) =>
      callDatabase(async () => {
        const instant = sql`${now.toISOString()}::timestamptz`;
        // What a paused or failing run holds back is not late; the leases of its attempts run out all the same.
        const [row] = await db
          .select({ at: sql`min(${steps.availableAt})`.mapWith(steps.availableAt) })
          .from(steps)
          .innerJoin(runs, eq(runs.id, steps.runId))
          .where(
            and(
              lte(steps.availableAt, instant),
              or(eq(steps.status, "RUNNING"), and(ne(runs.status, "PAUSED"), isNull(runs.failure))),
            ),
          );
        return row?.at ?? null;
      }),
    close: async () => pool.end({ timeout: CLOSE_SECONDS_MAX }).catch(() => undefined),
  };
}
