import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "../../scripts/stack/database.ts";
import { loadKeys } from "../../scripts/stack/local-file.ts";
import { migrateDatabase } from "../../scripts/stack/migrate.ts";
import { PROJECT_ROOT } from "../../scripts/stack/project-root.ts";

/** What the content of a fresh data folder depends on. */
const SOURCES = ["package-lock.json", "drizzle/meta/_journal.json", "scripts/stack/postgres.ts"];
const TEMPLATES_DIR = join(PROJECT_ROOT, ".baton", "test-data");

/**
 * Makes a data folder for a stack with a database that is made and migrated already: both take longer than all else of a
 * start. The first call makes the template, later ones and later runs of the tests copy it.
 *
 * @returns Its path; the caller deletes it.
 */
export async function makeFreshDataDir(): Promise<string> {
  const template = join(TEMPLATES_DIR, templateName());
  if (!existsSync(template)) {
    await makeTemplate(template);
  }
  const dataDir = mkdtempSync(join(tmpdir(), "baton-test-"));
  // `cp -a` keeps the owner of the database's files: under root that is another user.
  execFileSync("cp", ["-a", `${template}/.`, dataDir]);
  return dataDir;
}

async function makeTemplate(template: string): Promise<void> {
  const draft = mkdtempSync(join(tmpdir(), "baton-template-"));
  const database = await openDatabase({
    dataDir: draft,
    password: loadKeys(draft).databasePassword,
    events: { onRestarted: () => undefined, onGivenUp: () => undefined },
  });
  try {
    await migrateDatabase(database.databaseUrl);
  } finally {
    await database.stop();
  }
  // Those of older sources are of no use any more.
  rmSync(TEMPLATES_DIR, { recursive: true, force: true });
  mkdirSync(TEMPLATES_DIR, { recursive: true });
  // Copied under another name first: a template that was cut short must not look like a good one.
  execFileSync("cp", ["-a", draft, `${template}.new`]);
  renameSync(`${template}.new`, template);
  rmSync(draft, { recursive: true });
}

function templateName(): string {
  const hash = createHash("sha256");
  for (const source of SOURCES) {
    hash.update(readFileSync(join(PROJECT_ROOT, source)));
  }
  return hash.digest("hex").slice(0, 16);
}
