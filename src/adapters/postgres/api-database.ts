import { sql } from "drizzle-orm";
import { drizzle, type PostgresJsDatabase } from "drizzle-orm/postgres-js";
import type { ApiDatabase } from "../../functions/api/ports/api-database.ts";
import { openPool } from "./client.ts";
import { callDatabase } from "./database-call.ts";
import { createEventReads } from "./event-reads.ts";
import { createRunReads } from "./run-reads.ts";
import { steps } from "./schema/steps.ts";
import { createWorkflowStore } from "./workflow-store.ts";

/** What the API's statements run on. */
export type ApiSql = PostgresJsDatabase;

/** A connection that is given up has this long to close, in seconds. */
const CLOSE_SECONDS_MAX = 2;

/**
 * Opens PostgreSQL for one request of the API: one connection, made by the first statement.
 *
 * @param url - Connection string.
 * @returns The reads and writes of the API.
 */
export function openApiDatabase(url: string): ApiDatabase {
  const pool = openPool(url, { connectionsMax: 1, idleSeconds: null });
  const db = drizzle(pool);
  return {
    runs: createRunReads(db),
    events: createEventReads(db),
    workflows: createWorkflowStore(db),
    findOldestDue: async (now) =>
      callDatabase(async () => {
        const instant = sql`${now.toISOString()}::timestamptz`;
        const [row] = await db
          .select({ at: sql`min(${steps.availableAt})`.mapWith(steps.availableAt) })
          .from(steps)
          .where(sql`${steps.availableAt} <= ${instant}`);
        return row?.at ?? null;
      }),
    close: async () => pool.end({ timeout: CLOSE_SECONDS_MAX }).catch(() => undefined),
  };
}
