import type { SQL } from "drizzle-orm";
import { PgDialect } from "drizzle-orm/pg-core";
import { InvariantError } from "../../domain/errors.ts";
import type { StepRef } from "../../ledger/ports.ts";

/** A statement as text, rendered once; its parameters are numbered in the order of `$1`, `$2`... */
export interface Statement {
  readonly text: string;
}

/** The part of a connection that runs statements. */
export interface Runner {
  unsafe(text: string, params?: unknown[], options?: { readonly prepare: true }): PromiseLike<Iterable<unknown>>;
}

/**
 * Opens a transaction that PostgreSQL itself ends when it lasts too long, also when nobody is there any more to end it:
 * a wait for somebody's lock, a statement, a pause between statements. (Set for the transaction and not for the
 * connection, as poolers refuse the latter.) A lock held by others must cost a batch little: it is tried again without
 * what is locked.
 *
 * Its plans go through the indexes. The statements here find rows by key; a planner whose
 * statistics are from when the tables were small (minutes ago, at the start of a burst) would rather scan them whole:
 * measured, that took a step from 0.6 to 2.6 ms within 6,000 runs.
 */
export const BEGIN =
  "begin; set local lock_timeout = '200ms'; set local statement_timeout = '9s'; set local idle_in_transaction_session_timeout = '20s'; set local enable_seqscan = off; set local enable_hashjoin = off; set local enable_mergejoin = off; set local jit = off";

/** In place of a statement that has nothing to do. */
export const NOTHING: Promise<readonly unknown[]> = Promise.resolve([]);

const DIALECT = new PgDialect();

/**
 * Renders a Drizzle template to text, so that table and column names come from the schema and the statement can be
 * prepared once per connection. Write parameters as `$1`, `$2`... with `sql.raw` or in the text itself.
 *
 * @param template - A template without bound values.
 * @returns The statement.
 */
export function statement(template: SQL): Statement {
  const { sql: text, params } = DIALECT.sqlToQuery(template);
  if (params.length > 0) {
    throw new InvariantError(`a statement binds its values when it runs, not in its template: ${text}`);
  }
  return { text };
}

/**
 * Runs a prepared statement. Statements run one after another on one connection without awaiting are pipelined.
 *
 * @param runner - A connection or a pool.
 * @param prepared - What to run.
 * @param params - Values: objects for `json` parameters, text otherwise.
 * @returns The rows as the driver gives them, to be mapped by `row-mapping.ts`.
 */
export async function run(
  runner: Runner,
  prepared: Statement,
  params: readonly unknown[],
): Promise<readonly unknown[]> {
  return [...(await runner.unsafe(prepared.text, [...params], { prepare: true }))];
}

/**
 * Runs a statement without parameters, such as `commit`. The driver sends a query only when it is awaited: one that is
 * merely put into an array goes out after those that were awaited meanwhile, a `begin` after what it should guard.
 *
 * @param runner - A connection.
 * @param text - What to run.
 * @returns The rows.
 */
export async function runText(runner: Runner, text: string): Promise<readonly unknown[]> {
  return [...(await runner.unsafe(text))];
}

/**
 * Writes a text array as PostgreSQL reads it.
 *
 * @param values - The elements.
 * @returns An array literal, to be bound as text and cast.
 */
export function arrayLiteral(values: readonly string[]): string {
  const quoted = values.map((value) => `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`);
  return `{${quoted.join(",")}}`;
}

/**
 * Writes steps as two parameters: run ids and keys, pair by pair.
 *
 * @param refs - Steps.
 * @returns Array literals.
 */
export function stepPairs(refs: readonly StepRef[]): readonly string[] {
  return [arrayLiteral(refs.map((ref) => ref.runId)), arrayLiteral(refs.map((ref) => ref.stepKey))];
}
