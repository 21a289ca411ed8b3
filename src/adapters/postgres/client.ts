import postgres from "postgres";
import { UnavailableError } from "../../domain/errors.ts";

/** A pool of PostgreSQL connections. */
export type Sql = ReturnType<typeof postgres>;

/** One connection taken out of its pool. */
export type ReservedSql = Awaited<ReturnType<Sql["reserve"]>>;

/** How a pool behaves. */
export interface PoolOptions {
  readonly connectionsMax: number;
  /** How long an unused connection stays open, in seconds; null keeps it. */
  readonly idleSeconds: number | null;
  /**
   * Whether connections are taken out of the pool. The driver (3.4.9) never hands out a connection that it opens for
   * `reserve()` unless it asks for the array types first; elsewhere that query is a round trip for nothing.
   */
  readonly isReserved: boolean;
}

const CONNECT_SECONDS_MAX = 5;

/**
 * Makes a pool. It connects on first use. Statements are prepared, so that they can be pipelined.
 *
 * @param url - Connection string.
 * @param options - Size and idle time.
 * @returns The pool.
 */
export function openPool(url: string, options: PoolOptions): Sql {
  return postgres(url, {
    max: options.connectionsMax,
    ...(options.idleSeconds === null ? {} : { idle_timeout: options.idleSeconds }),
    connect_timeout: CONNECT_SECONDS_MAX,
    fetch_types: options.isReserved,
    prepare: true,
    onnotice: () => undefined,
    connection: { application_name: "baton" },
  });
}

/**
 * A pool that can be thrown away: a connection that hangs (a half-open socket after a failover) would otherwise be
 * waited for as long as the process lives.
 */
export class PoolSource {
  readonly #open: () => Sql;
  #pool: Sql | null = null;

  constructor(open: () => Sql) {
    this.#open = open;
  }

  /** The pool in use. */
  get pool(): Sql {
    this.#pool ??= this.#open();
    return this.#pool;
  }

  /** Closes all connections; the next use opens new ones. */
  discard(): void {
    const pool = this.#pool;
    this.#pool = null;
    void pool?.end({ timeout: 0 }).catch(() => undefined);
  }
}

const UNAVAILABLE_CODES: ReadonlySet<string> = new Set([
  "CONNECTION_CLOSED",
  "CONNECTION_ENDED",
  "CONNECTION_DESTROYED",
  "CONNECT_TIMEOUT",
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  // Shutdown, crash, starting up, too many connections.
  "57P01",
  "57P02",
  "57P03",
  "53300",
]);

/**
 * Tells failures of the connection from refusals by the database.
 *
 * @param error - What a statement threw.
 * @returns An `UnavailableError` for a failure of the connection, else the error itself.
 */
export function mapDatabaseError(error: unknown): unknown {
  if (error instanceof UnavailableError) {
    return error;
  }
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const isRefusal = error instanceof postgres.PostgresError && !UNAVAILABLE_CODES.has(code);
  if (isRefusal) {
    return error;
  }
  const isConnection = UNAVAILABLE_CODES.has(code) || error instanceof Error;
  return isConnection ? new UnavailableError("postgres", "PostgreSQL cannot be reached", error) : error;
}
