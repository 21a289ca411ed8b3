import postgres from "postgres";
import { BatonError, LockedError, UnavailableError } from "../../domain/errors.ts";
import type { Clock } from "../../runtime/clock.ts";
import { answerWithin } from "../answer-within.ts";

/** A pool of PostgreSQL connections. */
export type Sql = ReturnType<typeof postgres>;

/** One connection taken out of its pool. */
export type ReservedSql = Awaited<ReturnType<Sql["reserve"]>>;

/** How a pool behaves. */
export interface PoolOptions {
  readonly connectionsMax: number;
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
 * @param options - Size and use.
 * @returns The pool.
 */
export function openPool(url: string, options: PoolOptions): Sql {
  return postgres(url, {
    max: options.connectionsMax,
    connect_timeout: CONNECT_SECONDS_MAX,
    fetch_types: options.isReserved,
    prepare: true,
    onnotice: () => undefined,
    connection: { application_name: "baton" },
  });
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

/**
 * A pool that can be thrown away: a connection that hangs (a half-open socket after a failover) would otherwise be
 * waited for as long as the process lives.
 */
export class PoolSource {
  readonly #open: () => Sql;
  readonly #keeping: PoolKeeping;
  #pool: Sql | null = null;
  #callCount = 0;
  #cancelClosing: (() => void) | null = null;

  constructor(open: () => Sql, keeping: PoolKeeping) {
    this.#open = open;
    this.#keeping = keeping;
  }

  /** Time as the deadlines see it. */
  get clock(): Clock {
    return this.#keeping.clock;
  }

  /** Whether there is a pool that has been used. */
  get isOpen(): boolean {
    return this.#pool !== null;
  }

  /** The pool in use. */
  get pool(): Sql {
    this.#pool ??= this.#open();
    return this.#pool;
  }

  /** Closes all connections of a pool; the next use opens new ones. A pool that is not in use any more is left alone. */
  discard(pool: Sql): void {
    if (pool === this.#pool) {
      this.#pool = null;
      void pool.end({ timeout: 0 }).catch(() => undefined);
    }
  }

  /**
   * Gives a call its deadline and maps its failure.
   *
   * @param work - The call.
   * @param limitMs - How long it may take, in ms.
   * @returns What it gives.
   * @throws UnavailableError when PostgreSQL cannot be reached or does not answer in time, else the database's refusal.
   */
  async guard<Value>(work: PromiseLike<Value>, limitMs = STATEMENT_DEADLINE_MS): Promise<Value> {
    this.#beginCall();
    try {
      return await answerWithin({ limitMs, who: "PostgreSQL", clock: this.clock }, work);
    } catch (error) {
      throw mapDatabaseError(error);
    } finally {
      this.#endCall();
    }
  }

  #beginCall(): void {
    this.#callCount += 1;
    this.#cancelClosing?.();
    this.#cancelClosing = null;
  }

  #endCall(): void {
    this.#callCount -= 1;
    const { clock, idleMs } = this.#keeping;
    if (this.#callCount === 0 && idleMs !== null) {
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
