import { LockedError, UnavailableError } from "../../domain/errors.ts";
import { mapDatabaseError, type PoolSource, type ReservedSql } from "./client.ts";
import { BEGIN, run, runText, type Statement } from "./statement.ts";

/**
 * Waits for all statements of a round trip, also after one of them failed: the connection is only clean when the last
 * answer is in. Then the first failure, if any, is thrown; a `COMMIT` after it was a rollback.
 *
 * @param statements - Statements that have been sent on one connection.
 * @returns Their rows, in order.
 */
export async function pipeline(
  statements: readonly Promise<readonly unknown[]>[],
): Promise<readonly (readonly unknown[])[]> {
  const answers = await Promise.race([Promise.allSettled(statements), lossOf(statements)]);
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
        if (isLoss(mapDatabaseError(error))) {
          reject(error);
        }
      });
    }
  });
}

/**
 * Tells the loss of a connection from what leaves it usable.
 *
 * @param error - What a call came to, mapped.
 * @returns Whether the connection, and those beside it, are to be given up.
 */
export function isLoss(error: unknown): boolean {
  return error instanceof UnavailableError && !(error instanceof LockedError);
}

/** A statement with its values. */
export interface BoundStatement {
  readonly prepared: Statement;
  readonly params: readonly unknown[];
}

/**
 * Runs statements in a transaction of their own and in one round trip, so that the limits of `BEGIN` hold on the server
 * too.
 *
 * @param source - Connections.
 * @param bound - What to run.
 * @returns The rows of each.
 * @throws UnavailableError when PostgreSQL cannot be reached or does not answer in time.
 */
export async function query(
  source: PoolSource,
  bound: readonly BoundStatement[],
): Promise<readonly (readonly unknown[])[]> {
  const { pool } = source;
  let connection: ReservedSql | null = null;
  try {
    const reserved = await source.guard(pool, () => pool.reserve());
    connection = reserved;
    const rows = await source.guard(pool, () => pipeline(sendAll(reserved, bound)));
    reserved.release();
    return rows.slice(1, -1);
  } catch (error) {
    if (connection !== null && !isLoss(error)) {
      // All answers are in, and the commit after a refused statement was a rollback.
      connection.release();
    } else {
      source.discard(pool);
    }
    throw error;
  }
}

function sendAll(connection: ReservedSql, bound: readonly BoundStatement[]): readonly Promise<readonly unknown[]>[] {
  return [
    runText(connection, BEGIN),
    ...bound.map(async ({ prepared, params }) => run(connection, prepared, params)),
    runText(connection, "commit"),
  ];
}
