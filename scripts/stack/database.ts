import { createDatabase, preparePostgres } from "./postgres.ts";
import type { StackEvents } from "./stack-events.ts";
import { repeatUntilDone } from "./start-part.ts";
import { SupervisedServer } from "./supervisor.ts";

const CREATE_TIMEOUT_MS = 5_000;

/** The PostgreSQL of the stack: its own, or one that was given. */
export interface LocalDatabase {
  readonly databaseUrl: string;
  /** One sentence for people: which PostgreSQL this is. */
  readonly description: string;
  /** The process id of the server this stack started, or null. */
  pid(): number | null;
  stop(): Promise<void>;
  start(): Promise<void>;
}

/**
 * Starts the embedded PostgreSQL with an empty or the existing database, and keeps it running.
 *
 * @param options - `dataDir`: the stack's data folder, absolute; `password`: of its one user; `events`: whom to tell.
 * @returns The database, which accepts connections.
 */
export async function openDatabase(options: {
  readonly dataDir: string;
  readonly password: string;
  readonly events: StackEvents;
}): Promise<LocalDatabase> {
  const embedded = await preparePostgres(options);
  const { onRestarted, onGivenUp } = options.events;
  const server = new SupervisedServer({ name: "PostgreSQL", start: embedded.start, onRestarted, onGivenUp });
  await server.start();
  try {
    // A server that is killed just now is back within seconds.
    await repeatUntilDone(CREATE_TIMEOUT_MS, () => createDatabase(embedded.databaseUrl));
  } catch (error) {
    await server.stop();
    throw error;
  }
  return {
    databaseUrl: embedded.databaseUrl,
    description: `PostgreSQL (embedded) on port ${embedded.port}, its data in ${embedded.clusterDir}`,
    pid: () => server.pid,
    stop: () => server.stop(),
    start: () => server.start(),
  };
}

/**
 * Uses a PostgreSQL that somebody else runs.
 *
 * @param databaseUrl - The address of a database for Baton alone.
 * @returns The database; starting and stopping it does nothing.
 */
export function useDatabase(databaseUrl: string): LocalDatabase {
  const shownUrl = databaseUrl.replace(/\/\/[^@/]*@/u, "//***@");
  return {
    databaseUrl,
    description: `PostgreSQL at ${shownUrl} (from DATABASE_URL)`,
    pid: () => null,
    stop: doNothing,
    start: doNothing,
  };
}

async function doNothing(): Promise<void> {
  // Not ours to start or stop.
}
