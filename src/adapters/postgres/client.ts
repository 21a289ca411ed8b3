import postgres from "postgres";
import { BatonError, LockedError, UnavailableError } from "../../domain/errors.ts";
import type { Clock } from "../../runtime/clock.ts";
import { answerWithin } from "../answer-within.ts";

/** A pool of PostgreSQL connections. */
export type Sql = ReturnType<typeof postgres>;

/** One connection taken out of its pool. */
export type ReservedSql = Awaited<ReturnType<Sql["reserve"]>>;

/** Whether to go on with TLS: not at all, if the server has it, or not without. */
type Tls = "off" | "preferred" | "required";

/** Where one server listens. */
export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  readonly tls: Tls;
}

/** Where PostgreSQL is, and the way there. */
export interface PostgresServer {
  /** Connection string. */
  readonly url: string;
  /** Connects as Node's sockets do; null takes the driver's own way, which is right in Node alone. */
  readonly openSocket: ((address: ServerAddress) => Promise<object>) | null;
}

/** How a pool behaves. */
interface PoolOptions {
  readonly connectionsMax: number;
  /**
   * Whether connections are taken out of the pool. The driver (3.4.9) never hands out a connection that it opens for
   * `reserve()` unless it asks for the array types first; elsewhere that query is a round trip for nothing.
   */
  readonly isReserved: boolean;
}

const CONNECT_SECONDS_MAX = 5;

/** Whose pool it is. */
interface PoolOwner {
  readonly isInUse: () => boolean;
  readonly onConnectionLost: () => void;
}

/** Makes a pool. It connects on first use. Statements are prepared, so that they can be pipelined. */
function openPool(server: PostgresServer, options: PoolOptions, { isInUse, onConnectionLost }: PoolOwner): Sql {
  return postgres(server.url, {
    ...socketsOf(server, isInUse),
    max: options.connectionsMax,
    connect_timeout: CONNECT_SECONDS_MAX,
    // A connection that closes takes its pool with it, so none is closed for its age alone.
    max_lifetime: null,
    fetch_types: options.isReserved,
    prepare: true,
    onnotice: () => undefined,
    onclose: onConnectionLost,
    connection: { application_name: "baton" },
  });
}

/** The option `socket` of the driver, which its types leave out. */
interface SocketOptions {
  readonly ssl: false;
  readonly socket: (parsed: { readonly host: readonly string[]; readonly port: readonly number[] }) => Promise<unknown>;
}

function socketsOf({ url, openSocket }: PostgresServer, isInUse: () => boolean): SocketOptions | Record<string, never> {
  if (openSocket === null) {
    return {};
  }
  const tls = tlsOf(url);
  let socketCount = 0;
  return {
    // Known to the socket alone: the driver takes it for a plain one.
    ssl: false,
    socket: async ({ host: hosts, port: ports }) => {
      if (!isInUse()) {
        // The driver connects anew for a call that waited, also when the pool was ended meanwhile; nobody would close it.
        throw connectionLost();
      }
      // Servers that stand in for each other are tried one after another.
      const index = socketCount % hosts.length;
      socketCount += 1;
      return openSocket({ host: hosts[index] ?? "", port: ports[index] ?? 0, tls });
    },
  };
}

/** What a connection string says about TLS, in the words of libpq or of the driver. */
function tlsOf(url: string): Tls {
  const parameters = new URLSearchParams(url.split("?")[1]);
  const mode = parameters.get("sslmode") ?? parameters.get("ssl") ?? "disable";
  if (mode === "disable" || mode === "false") {
    return "off";
  }
  return mode === "prefer" ? "preferred" : "required";
}

/** How long a call to PostgreSQL may take, in ms. */
const STATEMENT_DEADLINE_MS = 10_000;

/** A pool that is not used any more has this long to say goodbye, in seconds. */
const CLOSE_SECONDS_MAX = 2;

/** How a `PoolSource` keeps its pool. */
export interface PoolKeeping {
  readonly clock: Clock;
  /** A pool without calls for this long is closed, in ms; null keeps it. The driver's own way makes a timer per call. */
  readonly idleMs: number | null;
}

/** A call that is under way. */
interface Call {
  readonly pool: Sql;
  readonly fail: (error: UnavailableError) => void;
}

/**
 * A pool that is thrown away with the first of its connections that is lost, or that hangs (a half-open socket after a
 * failover). The driver (3.4.9) would go on with it: a statement on a connection that closed while it was taken out of
 * the pool is never answered; and once the driver has connected it anew for somebody else, the rest of one transaction
 * is written into another.
 */
export class PoolSource {
  readonly #server: PostgresServer;
  readonly #options: PoolOptions & PoolKeeping;
  readonly #calls = new Set<Call>();
  #pool: Sql | null = null;
  #cancelClosing: (() => void) | null = null;

  /**
   * @param server - Where PostgreSQL is.
   * @param options - Size, use and keeping of the pool. Nothing is connected before it is used.
   */
  constructor(server: PostgresServer, options: PoolOptions & PoolKeeping) {
    this.#server = server;
    this.#options = options;
  }

  /** Time as the deadlines see it. */
  get clock(): Clock {
    return this.#options.clock;
  }

  /** Whether there is a pool that has been used. */
  get isOpen(): boolean {
    return this.#pool !== null;
  }

  /** The pool in use. */
  get pool(): Sql {
    if (this.#pool === null) {
      const pool: Sql = openPool(this.#server, this.#options, {
        isInUse: () => pool === this.#pool,
        onConnectionLost: () => {
          this.discard(pool);
        },
      });
      this.#pool = pool;
    }
    return this.#pool;
  }

  /**
   * Closes all connections of a pool, and fails the calls on it; the next use opens new ones. A pool that is not in use
   * any more is left alone.
   */
  discard(pool: Sql): void {
    if (pool !== this.#pool) {
      return;
    }
    this.#pool = null;
    // A moment later: where the driver itself fails a call, its reason tells more.
    setTimeout(() => {
      for (const call of this.#calls) {
        if (call.pool === pool) {
          call.fail(connectionLost());
        }
      }
    });
    void pool.end({ timeout: 0 }).catch(() => undefined);
  }

  /**
   * Makes a call on a pool, unless it was thrown away meanwhile, gives it its deadline and maps its failure.
   *
   * @param pool - The pool that was in use when the work began of which this call is a part.
   * @param work - Makes the call.
   * @param limitMs - How long it may take, in ms.
   * @returns What it gives.
   * @throws UnavailableError when PostgreSQL cannot be reached, does not answer in time, or has closed a connection of
   *   the pool, else the database's refusal.
   */
  async guard<Value>(pool: Sql, work: () => PromiseLike<Value>, limitMs = STATEMENT_DEADLINE_MS): Promise<Value> {
    if (pool !== this.#pool) {
      throw connectionLost();
    }
    const loss = Promise.withResolvers<never>();
    const call = { pool, fail: loss.reject };
    this.#beginCall(call);
    try {
      const answer = Promise.race([work(), loss.promise]);
      return await answerWithin({ limitMs, who: "PostgreSQL", clock: this.clock }, answer);
    } catch (error) {
      throw mapDatabaseError(error);
    } finally {
      this.#endCall(call);
    }
  }

  #beginCall(call: Call): void {
    this.#calls.add(call);
    this.#cancelClosing?.();
    this.#cancelClosing = null;
  }

  #endCall(call: Call): void {
    this.#calls.delete(call);
    const { clock, idleMs } = this.#options;
    if (this.#calls.size === 0 && idleMs !== null) {
      this.#cancelClosing = clock.after(idleMs, () => {
        this.#closeIdle();
      });
    }
  }

  #closeIdle(): void {
    const pool = this.#pool;
    this.#pool = null;
    this.#cancelClosing = null;
    void pool?.end({ timeout: CLOSE_SECONDS_MAX }).catch(() => undefined);
  }
}

function connectionLost(): UnavailableError {
  return new UnavailableError("postgres", "the connection to PostgreSQL was lost");
}

/**
 * States in which PostgreSQL refuses everybody for a while, by the beginning of their SQLSTATE: connection lost (08), out
 * of connections, memory or disk (53), shutting down or starting up, or a statement took too long (57), system error
 * (58), read-only as after a failover (25006).
 */
const PASSING_STATES = ["08", "53", "57", "58", "25006"] as const;

/** States of a change that lost a race for a row: serialization failure, deadlock, lock timeout. Others can go on. */
const LOCKED_STATES: ReadonlySet<string> = new Set(["40001", "40P01", "55P03"]);

/**
 * Tells what passes by itself from refusals by the database and from faults of ours.
 *
 * @param error - What a statement threw.
 * @returns An `UnavailableError` for what passes by itself (a `LockedError` where only some rows are concerned), else the
 *   error: a refusal, or a fault of ours.
 */
export function mapDatabaseError(error: unknown): unknown {
  if (error instanceof postgres.PostgresError) {
    if (LOCKED_STATES.has(error.code)) {
      return new LockedError(error);
    }
    const isPassing = PASSING_STATES.some((state) => error.code.startsWith(state));
    return isPassing ? new UnavailableError("postgres", "PostgreSQL takes no changes for now", error) : error;
  }
  // A row that contradicts itself, or a value that cannot be written, is no fault of the connection.
  const isOurs = error instanceof BatonError || error instanceof RangeError || !(error instanceof Error);
  return isOurs ? error : new UnavailableError("postgres", "PostgreSQL cannot be reached", error);
}
