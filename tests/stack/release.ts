import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { z } from "zod";
import { openDatabase } from "../../scripts/stack/database.ts";
import { loadKeys } from "../../scripts/stack/local-file.ts";
import { migrateDatabase } from "../../scripts/stack/migrate.ts";
import { rememberedPort } from "../../scripts/stack/ports.ts";
import { PROJECT_ROOT } from "../../scripts/stack/project-root.ts";

const MIGRATIONS_DIR = join(PROJECT_ROOT, "drizzle");
const FIXTURES_DIR = join(import.meta.dirname, "..", "fixtures");

type Sql = ReturnType<typeof postgres>;

const releaseSchema = z.object({
  /** The migrations that the release had, oldest first. */
  migrations: z.array(z.object({ tag: z.string(), sha256: z.string() })),
  /** A key of the release's API with the role operator, which opened nothing but the database of the fixture. */
  apiKey: z.string(),
});

/** What a release is known by, beside the rows of its database. */
export type Release = z.output<typeof releaseSchema>;

const journalSchema = z.looseObject({ entries: z.array(z.looseObject({ tag: z.string() })) });

/** What the runs of a release are told of the world that they wake up in. */
export interface World {
  /** How long the slow calls take now. */
  readonly slowMs: number;
  /** What the broken calls answer now. */
  readonly status: number;
}

/**
 * Reads what a release is known by.
 *
 * @param name - Folder of its fixture.
 * @returns Its migrations and an API key of it.
 */
export function readRelease(name: string): Release {
  return releaseSchema.parse(JSON.parse(readFileSync(join(FIXTURES_DIR, name, "release.json"), "utf8")));
}

/**
 * Makes a data folder for a stack whose database is that of a release: exactly the migrations that it had, and its rows,
 * as if it had been stopped only now. The next start of a stack on it is the upgrade.
 *
 * @param name - Folder of the release's fixture.
 * @param world - What the inputs of its runs say from now on.
 * @returns The folder; the caller deletes it.
 */
export async function makeReleaseDataDir(name: string, world: World): Promise<string> {
  const dataDir = mkdtempSync(join(tmpdir(), "baton-release-"));
  try {
    await fillDataDir(dataDir, name, world);
  } catch (error) {
    rmSync(dataDir, { recursive: true });
    throw error;
  }
  return dataDir;
}

async function fillDataDir(dataDir: string, name: string, world: World): Promise<void> {
  const database = await openDatabase({
    dataDir,
    password: loadKeys(dataDir).databasePassword,
    events: { onRestarted: () => undefined, onGivenUp: () => undefined },
  });
  const sql = postgres(database.databaseUrl, { max: 1, onnotice: () => undefined });
  try {
    await applyMigrations(database.databaseUrl, readRelease(name));
    await sql.unsafe(readFileSync(join(FIXTURES_DIR, name, "data.sql"), "utf8"));
    await moveToNow(sql);
    // The stack that is started on this folder puts its demo API there.
    const api = `http://127.0.0.1:${await rememberedPort(dataDir, "demo", null)}`;
    await sql`
      update runs set input = (input::jsonb || ${sql.json({ api, ...world })}::jsonb)::json
      where json_typeof(input) = 'object' and input::jsonb ? 'api'`;
  } finally {
    await sql.end();
    await database.stop();
  }
}

/** Those of the release and no later one, which must still be what they were. */
async function applyMigrations(databaseUrl: string, release: Release): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "baton-migrations-"));
  try {
    cpSync(MIGRATIONS_DIR, folder, { recursive: true });
    const journalPath = join(folder, "meta", "_journal.json");
    const journal = journalSchema.parse(JSON.parse(readFileSync(journalPath, "utf8")));
    const entries = journal.entries.slice(0, release.migrations.length);
    const found = entries.map(({ tag }) => ({ tag, sha256: hashMigration(tag) }));
    if (JSON.stringify(found) !== JSON.stringify(release.migrations)) {
      throw new Error("a migration of a release was edited or removed: write a new one instead");
    }
    writeFileSync(journalPath, JSON.stringify({ ...journal, entries }));
    await migrateDatabase(databaseUrl, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function hashMigration(tag: string): string {
  return createHash("sha256")
    .update(readFileSync(join(MIGRATIONS_DIR, `${tag}.sql`)))
    .digest("hex");
}

/**
 * Moves what lies ahead of the runs: leases, backoffs and deadlines end as long after now as they did after the last
 * event, the lease of a run whose deadline is near after the deadline. The log stays as it is, since its hashes cover its instants.
 */
async function moveToNow(sql: Sql): Promise<void> {
  await sql`
    with stopped as (select now() - max(at) as age from events)
    update steps set available_at = available_at + age, queued_at = queued_at + age, started_at = started_at + age,
      ended_at = ended_at + age
    from stopped where status in ('PENDING', 'RUNNING', 'RETRYING')`;
  await sql`
    with stopped as (select now() - max(at) as age from events)
    update runs set deadline_at = deadline_at + age from stopped where ended_at is null`;
  // Which of the two comes first must not depend on how fast the machine is.
  await sql`
    update steps set available_at = deadline_at + interval '5 seconds'
    from runs where id = run_id and steps.status = 'RUNNING' and deadline_at < now() + interval '1 minute'`;
}

/**
 * Writes the fixture of a release.
 *
 * @param name - Folder of the fixture.
 * @param sql - The release's database, which nobody writes to.
 * @param apiKey - A key of its API.
 * @returns The folder's path.
 */
export async function writeRelease(name: string, sql: Sql, apiKey: string): Promise<string> {
  const folder = join(FIXTURES_DIR, name);
  const { entries } = journalSchema.parse(
    JSON.parse(readFileSync(join(MIGRATIONS_DIR, "meta", "_journal.json"), "utf8")),
  );
  const migrations = entries.map(({ tag }) => ({ tag, sha256: hashMigration(tag) }));
  const release: Release = { migrations, apiKey };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "release.json"), `${JSON.stringify(release, null, 2)}\n`);
  writeFileSync(join(folder, "data.sql"), await dumpRows(sql));
  return folder;
}

/** An `insert` for each table with rows, a row on each line, in the order of tables and keys: fit to be compared. */
async function dumpRows(sql: Sql): Promise<string> {
  const tables = await sql<{ name: string; key: string; columns: string[] }[]>`
    select c.relname as name,
      (select string_agg(format('%I.%I', c.relname, a.attname), ', ' order by array_position(i.indkey::int2[], a.attnum))
        from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = any (i.indkey)
        where i.indrelid = c.oid and i.indisprimary) as key,
      (select array_agg(format('%I', a.attname) order by a.attnum)
        from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attidentity = '') as columns
    from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' order by c.relname`;
  const inserts: string[] = [];
  for (const { name, key, columns } of tables) {
    const selected = columns.map((column) => `${column}::text`).join(", ");
    const rows = await sql.unsafe<Record<string, string | null>[]>(`select ${selected} from ${name} order by ${key}`);
    const lines = rows.map((row) => `  (${Object.values(row).map(quote).join(", ")})`);
    if (lines.length > 0) inserts.push(`insert into ${name} (${columns.join(", ")}) values\n${lines.join(",\n")};\n`);
  }
  return inserts.join("\n");
}

function quote(text: string | null): string {
  return text === null ? "null" : `'${text.replaceAll("'", "''")}'`;
}
