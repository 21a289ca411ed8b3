import type { Sql } from "./bench.ts";

const POLL_MS = 50;
const END_TIMEOUT_MS = 180_000;
const NO_RUN = "00000000-0000-0000-0000-000000000000";

/** Runs of one workflow that were started after a certain one. */
export interface RunSet {
  readonly workflow: string;
  /** Id of the run before the first; ids sort by time. */
  readonly afterId: string;
}

/** How a set of runs ended. */
export interface EndedRuns {
  readonly runCount: number;
  /** Steps that completed. */
  readonly stepCount: number;
  readonly attemptCount: number;
  /** Epoch ms. */
  readonly lastEndedAtMs: number;
  /** From created to ended, of each run. */
  readonly durationsMs: readonly number[];
}

interface EndedRow {
  readonly status: string;
  readonly runs: number;
  readonly steps: number;
  readonly attempts: number;
  readonly last_ended_ms: number;
  readonly durations_ms: readonly number[];
}

/**
 * Marks the runs of a workflow that are started from now on.
 *
 * @param sql - The database.
 * @param workflow - A workflow without unfinished runs.
 * @returns The set, still empty.
 */
export async function markRuns(sql: Sql, workflow: string): Promise<RunSet> {
  const [last] = await sql<{ id: string }[]>`select id from runs where workflow = ${workflow} order by id desc limit 1`;
  return { workflow, afterId: last?.id ?? NO_RUN };
}

/**
 * Waits until all runs of a set have ended and reads how. Looking for one unfinished run is an index probe and costs
 * the database nothing to speak of; when the last one ended is read from the table.
 *
 * @param sql - The database.
 * @param set - The runs; all of them have been started.
 * @param expectedCount - How many they are.
 * @returns How they ended. Rejects when one is missing or did not complete, or when they take more than 3 minutes.
 */
export async function waitForEnds(sql: Sql, set: RunSet, expectedCount: number): Promise<EndedRuns> {
  const end = performance.now() + END_TIMEOUT_MS;
  while (await hasUnfinished(sql, set)) {
    if (performance.now() > end) throw new Error(`Runs of ${set.workflow} have not ended within ${END_TIMEOUT_MS} ms.`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return readEnds(sql, set, expectedCount);
}

async function hasUnfinished(sql: Sql, { workflow, afterId }: RunSet): Promise<boolean> {
  const found = await sql`
    select 1 from runs where workflow = ${workflow} and id > ${afterId} and ended_at is null order by id desc limit 1`;
  return found.length > 0;
}

async function readEnds(sql: Sql, { workflow, afterId }: RunSet, expectedCount: number): Promise<EndedRuns> {
  const rows = await sql<EndedRow[]>`
    select status, count(*)::int as runs, sum((counts->>'completed')::int)::int as steps,
      sum((counts->>'attempts')::int)::int as attempts,
      (extract(epoch from max(ended_at)) * 1000)::float8 as last_ended_ms,
      array_agg((extract(epoch from ended_at - created_at) * 1000)::float8) as durations_ms
    from runs where workflow = ${workflow} and id > ${afterId} group by status`;
  const [row] = rows;
  if (row === undefined || row.status !== "COMPLETED" || row.runs !== expectedCount) {
    const found = rows.map(({ status, runs }) => `${runs} ${status}`).join(", ");
    throw new Error(`${expectedCount} runs of ${workflow} should have completed; there are: ${found || "none"}.`);
  }
  return {
    runCount: row.runs,
    stepCount: row.steps,
    attemptCount: row.attempts,
    lastEndedAtMs: row.last_ended_ms,
    durationsMs: row.durations_ms,
  };
}
