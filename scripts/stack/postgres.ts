import { execFile } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import postgres from "postgres";
import { endOrphanedPostgres } from "./orphans.ts";
import { freePort } from "./ports.ts";
import { preparePostgresFiles } from "./postgres-files.ts";
import type { PostgresFiles } from "./postgres-files.ts";
import { startServer } from "./server-process.ts";
import type { ServerProcess } from "./server-process.ts";

const DATABASE = "baton";
const USER = "baton";
const INIT_TIMEOUT_MS = 60_000;
const READY_TIMEOUT_MS = 60_000;
const CONNECT_TIMEOUT_S = 10;

/** Settings beside the defaults. Durability stays on: the truth lives here. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  max_connections: "100",
  shared_buffers: "256MB",
  fsync: "on",
  jit: "off",
  max_wal_senders: "0",
  wal_level: "minimal",
  max_wal_size: "2GB",
  timezone: "UTC",
  log_timezone: "UTC",
  log_line_prefix: "%m [%p] ",
};

/** An embedded PostgreSQL that is set up but need not run. */
export interface EmbeddedPostgres {
  readonly port: number;
  readonly databaseUrl: string;
  /** Folder of the data, absolute. */
  readonly clusterDir: string;
  /** Starts the server, always on the same port. */
  start(): Promise<ServerProcess>;
}

/**
 * Sets up the embedded PostgreSQL: makes its data on first use, gives it a port.
 *
 * @param options - `dataDir`: the stack's data folder, absolute; `password`: of the one database user.
 * @returns The server, to be started.
 */
export async function preparePostgres(options: {
  readonly dataDir: string;
  readonly password: string;
}): Promise<EmbeddedPostgres> {
  const files = preparePostgresFiles(options.dataDir);
  if (!existsSync(join(files.clusterDir, "PG_VERSION"))) {
    await initialise(files, options.password);
  }
  refuseOtherVersion(files);
  const port = await freePort();
  return {
    port,
    clusterDir: files.clusterDir,
    databaseUrl: `postgresql://${USER}:${options.password}@127.0.0.1:${port}/${DATABASE}`,
    start: async () => {
      await endOrphanedPostgres(files.clusterDir);
      return startPostgres(files, port, join(options.dataDir, "log", "postgres.log"));
    },
  };
}

function refuseOtherVersion({ clusterDir, majorVersion }: PostgresFiles): void {
  const dataVersion = readFileSync(join(clusterDir, "PG_VERSION"), "utf8").trim();
  if (dataVersion !== majorVersion) {
    throw new Error(
      `the data in ${clusterDir} is that of PostgreSQL ${dataVersion}, and this is PostgreSQL ${majorVersion}. ` +
        `Dump it with the Baton that made it and restore it into an empty folder (docs/operations.md), ` +
        `or run a PostgreSQL ${dataVersion} on it yourself and name it in DATABASE_URL`,
    );
  }
}

/**
 * Creates Baton's database when there is none yet.
 *
 * @param databaseUrl - The address of the database; its server runs.
 */
export async function createDatabase(databaseUrl: string): Promise<void> {
  const url = new URL(databaseUrl);
  url.pathname = "/postgres";
  const sql = postgres(url.href, { max: 1, connect_timeout: CONNECT_TIMEOUT_S, onnotice: () => undefined });
  try {
    const found = await sql`select 1 from pg_database where datname = ${DATABASE}`;
    if (found.length === 0) {
      await sql.unsafe(`create database ${DATABASE}`);
    }
  } finally {
    await sql.end({ timeout: 5 });
  }
}

function startPostgres(files: PostgresFiles, port: number, logPath: string): Promise<ServerProcess> {
  const settings = Object.entries({ ...SETTINGS, port: String(port) });
  return startServer({
    name: "PostgreSQL",
    command: join(files.nativeDir, "bin", "postgres"),
    args: ["-D", files.clusterDir, ...settings.flatMap(([name, value]) => ["-c", `${name}=${value}`])],
    logPath,
    readyPattern: /database system is ready to accept connections/,
    readyTimeoutMs: READY_TIMEOUT_MS,
    // A fast shutdown: cuts connections, writes a checkpoint.
    stopSignal: "SIGINT",
    // The pattern above is English; C also keeps the collation the same everywhere.
    env: { PATH: process.env["PATH"], LC_ALL: "C", TZ: "UTC" },
    ...files.user,
  });
}

// Made beside its place and moved there when whole: a cluster that was cut short must never look like a good one.
async function initialise(files: PostgresFiles, password: string): Promise<void> {
  const draftDir = `${files.clusterDir}.new`;
  rmSync(draftDir, { recursive: true, force: true });
  mkdirSync(draftDir, { mode: 0o700 });
  if (files.user !== null) {
    chownSync(draftDir, files.user.uid, files.user.gid);
  }
  await runInitdb(files, draftDir, password);
  rmSync(files.clusterDir, { recursive: true, force: true });
  renameSync(draftDir, files.clusterDir);
}

async function runInitdb(files: PostgresFiles, clusterDir: string, password: string): Promise<void> {
  const secretDir = mkdtempSync(join(tmpdir(), "baton-init-"));
  const passwordPath = join(secretDir, "password");
  try {
    writeFileSync(passwordPath, `${password}\n`, { mode: 0o600 });
    if (files.user !== null) {
      chmodSync(secretDir, 0o711);
      chownSync(passwordPath, files.user.uid, files.user.gid);
    }
    await promisify(execFile)(join(files.nativeDir, "bin", "initdb"), initArguments(clusterDir, passwordPath), {
      cwd: "/",
      timeout: INIT_TIMEOUT_MS,
      env: { PATH: process.env["PATH"], LC_ALL: "C" },
      ...files.user,
    });
  } catch (cause) {
    throw new Error(`initdb could not make ${clusterDir}; is the disk full or read-only?`, { cause });
  } finally {
    rmSync(secretDir, { recursive: true, force: true });
  }
}

function initArguments(clusterDir: string, passwordPath: string): readonly string[] {
  return [
    `--pgdata=${clusterDir}`,
    `--username=${USER}`,
    `--pwfile=${passwordPath}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    "--no-instructions",
  ];
}
