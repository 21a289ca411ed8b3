import { openDatabase, useDatabase } from "./database.ts";
import type { LocalDatabase } from "./database.ts";
import { startDemoApi } from "./demo-api.ts";
import type { DemoApi } from "./demo-api.ts";
import { loadKeys } from "./local-file.ts";
import type { LocalKeys } from "./local-file.ts";
import { migrateDatabase } from "./migrate.ts";
import { freePort, nextFreePort, rememberedPort } from "./ports.ts";
import { openQueue } from "./queue-access.ts";
import type { QueueAccess } from "./queue-access.ts";
import type { RedisChoice } from "./redis.ts";
import type { StackEvents } from "./stack-events.ts";
import { describeParts, repeatUntilDone, startPart } from "./start-part.ts";
import { LocalWorker } from "./worker.ts";

const PORT_MAX = 65_535;
/** A PostgreSQL that dies while it is migrated is back within seconds. */
const MIGRATION_TIMEOUT_MS = 5_000;

/** How to start a stack. */
export interface StackOptions {
  /** Folder for everything the stack keeps; made when missing. Two stacks cannot share one. */
  readonly dataDir: string;
  /** The port wanted for the Worker; the next free one is taken when it is not. Without it: any free one. */
  readonly port?: number;
  /** Default `auto`. */
  readonly redis?: RedisChoice;
  /** A PostgreSQL to use in place of the embedded one. */
  readonly databaseUrl?: string;
  /** More variables for the Worker; they win over the stack's own. */
  readonly workerVars?: Readonly<Record<string, string>>;
  /** The file that exports the Worker; without it, the `main` of `wrangler.toml`. */
  readonly workerEntryPath?: string;
  /** Prints nothing. */
  readonly quiet?: boolean;
  /** Called when a part is dead for good; the default is to print it. The stack is left to be stopped by the caller. */
  readonly onGivenUp?: (message: string) => void;
}

/** What a running stack consists of. */
export interface StackParts {
  readonly dataDir: string;
  readonly keys: LocalKeys;
  readonly database: LocalDatabase;
  readonly queue: QueueAccess;
  readonly demo: DemoApi;
  readonly worker: LocalWorker;
}

/**
 * Starts all parts of a stack.
 *
 * @param options - Where and with what.
 * @param dataDir - The data folder, absolute.
 * @param events - Whom to tell when a part dies.
 * @returns The parts, all of them ready. When one does not start, those that did are stopped, and it rejects with the
 * part's name, the reason, the end of its log and the fix.
 */
export async function startParts(options: StackOptions, dataDir: string, events: StackEvents): Promise<StackParts> {
  const notes = describeParts(dataDir);
  const started: (() => Promise<void>)[] = [];
  try {
    const keys = await startPart(notes.data, () => loadKeys(dataDir));
    const database = await startDatabase(options, dataDir, { keys, events });
    started.push(database.stop);
    await startPart(database.pid() === null ? notes.givenDatabase : notes.postgres, () =>
      repeatUntilDone(MIGRATION_TIMEOUT_MS, () => migrateDatabase(database.databaseUrl)),
    );
    const queue = await startPart(notes.redis, () =>
      openQueue({ choice: options.redis ?? "auto", dataDir, token: keys.gatewayToken, events }),
    );
    started.push(queue.close);
    const { port, demo } = await startPart(notes.demo, () => openPorts(options.port, dataDir));
    started.push(demo.close);
    const vars = { ...stackVars({ dataDir, keys, database, queue, demo }, port), ...options.workerVars };
    const entryPath = options.workerEntryPath ?? null;
    const worker = await startPart(notes.worker, () => LocalWorker.start({ dataDir, port, vars, events, entryPath }));
    return { dataDir, keys, database, queue, demo, worker };
  } catch (error) {
    for (const stop of started.toReversed()) {
      await stop();
    }
    throw error;
  }
}

async function startDatabase(
  { databaseUrl }: StackOptions,
  dataDir: string,
  { keys, events }: { readonly keys: LocalKeys; readonly events: StackEvents },
): Promise<LocalDatabase> {
  if (databaseUrl !== undefined) {
    return useDatabase(databaseUrl);
  }
  return startPart(describeParts(dataDir).postgres, () =>
    openDatabase({ dataDir, password: keys.databasePassword, events }),
  );
}

async function openPorts(wanted: number | undefined, dataDir: string): Promise<{ port: number; demo: DemoApi }> {
  const port = wanted === undefined ? await freePort() : await nextFreePort(wanted);
  const demoPort = wanted === undefined || port === PORT_MAX ? null : port + 1;
  return { port, demo: await startDemoApi(await rememberedPort(dataDir, "demo", demoPort)) };
}

function stackVars(parts: Omit<StackParts, "worker">, port: number): Readonly<Record<string, string>> {
  return {
    DATABASE_URL: parts.database.databaseUrl,
    UPSTASH_REDIS_REST_URL: parts.queue.restUrl,
    UPSTASH_REDIS_REST_TOKEN: parts.queue.restToken,
    BATON_API_KEY: parts.keys.apiKey,
    SIGNING_KEY: parts.keys.signingKey,
    // The demo API is on loopback.
    ALLOW_PRIVATE_ADDRESSES: "1",
    PUBLIC_URL: `http://127.0.0.1:${port}`,
  };
}
