import { LockedError, UnavailableError } from "../../domain/errors.ts";
import { mapDatabaseError, type PoolSource, type ReservedSql } from "./client.ts";
import { run, runText, type Statement } from "./statement.ts";

/**
 * When answers are this late, one more statement is sent. The runtime tells nobody that the server closed a connection,
 * and what was written last vanishes without an error; only the next write fails.
 */
const NUDGE_AFTER_MS = 1_000;

/**
 * Waits for all statements of a round trip, also after one of them failed: the connection is only clean when the last
 * answer is in. Then the first failure, if any, is thrown; a `COMMIT` after it was a rollback.
 *
 * @param source - The pool that the connection is of.
 * @param connection - The connection the statements were sent on.
 * @param statements - Statements that have been sent.
 * @returns Their rows, in order.
 */
export async function pipeline(
  source: PoolSource,
  connection: ReservedSql,
  statements: readonly Promise<readonly unknown[]>[],
): Promise<readonly (readonly unknown[])[]> {
  const cancelNudge = source.clock.after(NUDGE_AFTER_MS, () => {
    runText(connection, "select 1").catch(() => undefined);
  });
  const answers = await Promise.race([Promise.allSettled(statements), lossOf(statements)]).finally(cancelNudge);
  return answers.map((answer) => {
    if (answer.status === "rejected") {
      throw answer.reason;
    }
    return answer.value;
  });
}

/** Rejects when one of the statements finds the connection gone: the driver may never settle the others then. */
async function lossOf(statements: readonly Promise<unknown>[]): Promise<never> {
  return new Promise((_resolve, reject) => {
    for (const work of statements) {
      work.catch((error: unknown) => {
        const mapped = mapDatabaseError(error);
        if (mapped instanceof UnavailableError && !(mapped instanceof LockedError)) {
          reject(error);
        }
      });
    }
  });
}

/**
 * Runs one statement outside of any transaction. After a lost connection the pool is thrown away, as another of its
 * connections may hang just so.
 *
 * @param source - Connections.
 * @param prepared - What to run.
 * @param params - Its values.
 * @returns The rows.
 * @throws UnavailableError when PostgreSQL cannot be reached or does not answer in time.
 */
export async function query(
  source: PoolSource,
  prepared: Statement,
  params: readonly unknown[],
): Promise<readonly unknown[]> {
  const { pool } = source;
  try {
    return await source.guard(run(pool, prepared, params));
  } catch (error) {
    if (error instanceof UnavailableError) {
      source.discard(pool);
    }
    throw error;
  }
}
