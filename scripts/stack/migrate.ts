import { existsSync } from "node:fs";
import { join } from "node:path";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate } from "drizzle-orm/postgres-js/migrator";
import postgres from "postgres";
import { PROJECT_ROOT } from "./project-root.ts";

const CONNECT_TIMEOUT_S = 10;
const STATEMENT_TIMEOUT_MS = 300_000;
/** One number for everyone who migrates, so that two of them wait for each other. */
const MIGRATION_LOCK = 7_342_001;

/**
 * Brings a database to the newest migration of a folder; does nothing when it is there already.
 *
 * @param databaseUrl - The database.
 * @param migrationsFolder - The folder; `drizzle` when not given.
 */
export async function migrateDatabase(
  databaseUrl: string,
  migrationsFolder: string = join(PROJECT_ROOT, "drizzle"),
): Promise<void> {
  if (!existsSync(join(migrationsFolder, "meta", "_journal.json"))) {
    return;
  }
  const sql = postgres(databaseUrl, {
    max: 1,
    connect_timeout: CONNECT_TIMEOUT_S,
    connection: { statement_timeout: STATEMENT_TIMEOUT_MS },
    onnotice: () => undefined,
  });
  try {
    await sql`select pg_advisory_lock(${MIGRATION_LOCK})`;
    await migrate(drizzle(sql), { migrationsFolder });
  } finally {
    // Ends the session, and with it the lock.
    await sql.end({ timeout: 5 });
  }
}
