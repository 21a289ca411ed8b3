import { DrizzleQueryError, sql } from "drizzle-orm";
import { drizzle, type PostgresJsDatabase } from "drizzle-orm/postgres-js";
import { UnavailableError } from "../../../domain/errors.ts";
import { type PoolKeeping, PoolSource, type PostgresServer, type Sql } from "../client.ts";

/** What the API's statements run on. */
export type ApiSql = PostgresJsDatabase;

/** A connection that was silent for longer is asked for a sign of life before it is used, in ms. */
const TRUSTED_MS = 1_000;

/** It has this long to give one, in ms. */
const PROBE_MS_MAX = 1_000;

/** A change waits this long for a row that somebody else holds, on the server's side, and takes this long at most. */
const CHANGE_LIMITS = sql`select set_config('lock_timeout', '4s', true), set_config('statement_timeout', '9s', true)`;

/** A transaction, as Drizzle gives it. */
export type ApiTransaction = Parameters<Parameters<ApiSql["transaction"]>[0]>[0];

/**
 * One connection to PostgreSQL that stays open from call to call. A peer that is gone without a word (a machine that
 * lost its power, a firewall that forgot) shows only when it does not answer; so after a silence the connection is tried
 * before it is used, and one that failed is thrown away.
 */
export class Lane {
  readonly #source: PoolSource;
  #open: { readonly pool: Sql; readonly db: ApiSql } | null = null;
  #callCount = 0;
  #heardAtMs = 0;

  constructor(server: PostgresServer, keeping: PoolKeeping) {
    this.#source = new PoolSource(server, { connectionsMax: 1, isReserved: false, ...keeping });
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
    const { pool, db } = this.#connect();
    try {
      const value = await this.#source.guard(pool, () => work(db).catch(throwCause));
      this.#heardAtMs = this.#nowMs();
      return value;
    } catch (error) {
      if (error instanceof UnavailableError) {
        this.#source.discard(pool);
      }
      throw error;
    }
  }

  async #probe(): Promise<void> {
    const isTrusted = this.#callCount > 1 || this.#nowMs() - this.#heardAtMs < TRUSTED_MS;
    if (this.#source.isOpen && !isTrusted) {
      const { pool } = this.#source;
      await this.#source
        .guard(pool, () => pool.unsafe("select 1"), PROBE_MS_MAX)
        .catch(() => {
          this.#source.discard(pool);
        });
    }
  }

  #connect(): { readonly pool: Sql; readonly db: ApiSql } {
    const { pool } = this.#source;
    if (this.#open?.pool !== pool) {
      this.#open = { pool, db: drizzle(pool) };
    }
    return this.#open;
  }

  #nowMs(): number {
    return this.#source.clock.now().getTime();
  }
}

/** Drizzle wraps what the driver throws. */
function throwCause(error: unknown): never {
  throw error instanceof DrizzleQueryError ? error.cause : error;
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
