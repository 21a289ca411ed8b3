import { DrizzleQueryError, sql } from "drizzle-orm";
import { drizzle, type PostgresJsDatabase } from "drizzle-orm/postgres-js";
import type { Clock } from "../../../dispatch/clock.ts";
import { UnavailableError } from "../../../domain/errors.ts";
import { mapDatabaseError, openPool, type Sql } from "../client.ts";

/** What the API's statements run on. */
export type ApiSql = PostgresJsDatabase;

/** A call has this long for all its statements, connecting included, in ms. */
const CALL_MS_MAX = 10_000;

/** A connection that was silent for longer is asked for a sign of life before it is used, in ms. */
const TRUSTED_MS = 1_000;

/** It has this long to give one, in ms. */
const PROBE_MS_MAX = 1_000;

/** A change waits this long for a row that somebody else holds, on the server's side, and takes this long at most. */
const CHANGE_LIMITS = sql`select set_config('lock_timeout', '4s', true), set_config('statement_timeout', '9s', true)`;

/** A transaction, as Drizzle gives it. */
export type ApiTransaction = Parameters<Parameters<ApiSql["transaction"]>[0]>[0];

interface OpenPool {
  readonly pool: Sql;
  readonly db: ApiSql;
}

/**
 * One connection to PostgreSQL that stays open from call to call. The runtime tells nobody when the server closes a
 * connection, and what is written to it vanishes; so after a silence the connection is tried before it is used, and one
 * that failed is thrown away.
 */
export class Lane {
  readonly #url: string;
  readonly #idleSeconds: number;
  readonly #clock: Clock;
  #open: OpenPool | null = null;
  #callCount = 0;
  #heardAtMs = 0;

  constructor(url: string, idleSeconds: number, clock: Clock) {
    this.#url = url;
    this.#idleSeconds = idleSeconds;
    this.#clock = clock;
  }

  /** Calls that are under way. */
  get callCount(): number {
    return this.#callCount;
  }

  /**
   * Runs the statements of one call under a deadline.
   *
   * @param work - The statements.
   * @returns What they give.
   * @throws UnavailableError when PostgreSQL cannot be reached or does not answer in time.
   */
  async run<Value>(work: (db: ApiSql) => Promise<Value>): Promise<Value> {
    this.#callCount += 1;
    try {
      return await this.#run(work);
    } finally {
      this.#callCount -= 1;
    }
  }

  async #run<Value>(work: (db: ApiSql) => Promise<Value>): Promise<Value> {
    await this.#probe();
    const open = this.#connect();
    try {
      const value = await answerWithin(CALL_MS_MAX, "PostgreSQL", work(open.db));
      this.#heardAtMs = this.#clock.now().getTime();
      return value;
    } catch (error) {
      const mapped = mapDatabaseError(error instanceof DrizzleQueryError ? error.cause : error);
      if (mapped instanceof UnavailableError) {
        this.#discard(open);
      }
      throw mapped;
    }
  }

  async #probe(): Promise<void> {
    const open = this.#open;
    const isTrusted = this.#callCount > 1 || this.#clock.now().getTime() - this.#heardAtMs < TRUSTED_MS;
    if (open !== null && !isTrusted) {
      await answerWithin(PROBE_MS_MAX, "PostgreSQL", open.pool.unsafe("select 1")).catch(() => {
        this.#discard(open);
      });
    }
  }

  #connect(): OpenPool {
    if (this.#open === null) {
      const pool = openPool(this.#url, { connectionsMax: 1, idleSeconds: this.#idleSeconds, isReserved: false });
      this.#open = { pool, db: drizzle(pool) };
    }
    return this.#open;
  }

  #discard(open: OpenPool): void {
    if (open === this.#open) {
      this.#open = null;
      void open.pool.end({ timeout: 0 }).catch(() => undefined);
    }
  }
}

/**
 * Changes rows in a transaction that PostgreSQL itself gives up before its caller does: one that waits for a lock would
 * hold its connection there long after nobody waits for it.
 *
 * @param db - What statements run on.
 * @param work - The statements.
 * @returns What they give.
 */
export async function changeRows<Value>(db: ApiSql, work: (tx: ApiTransaction) => Promise<Value>): Promise<Value> {
  return db.transaction(async (tx) => {
    await tx.execute(CHANGE_LIMITS);
    return work(tx);
  });
}

/**
 * Waits for an answer, but not for ever.
 *
 * @param limitMs - How long, in ms.
 * @param who - Who is to answer, for the error.
 * @param answer - The answer.
 * @returns The answer. What comes later is dropped.
 * @throws UnavailableError when the time is up.
 */
export async function answerWithin<Value>(limitMs: number, who: string, answer: PromiseLike<Value>): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new UnavailableError("postgres", `${who} did not answer within ${limitMs / 1000} s`));
    }, limitMs);
  });
  try {
    return await Promise.race([answer, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
