import type { RunId, WorkflowName } from "../../domain/ids.ts";
import type { RowSet } from "../../domain/run/concerns.ts";
import type { EarlierRun, FoundRows, LoadedRows, LoadRequest, RunQuery, StepRef } from "../../ledger/ports.ts";
import type { ReservedSql } from "./client.ts";
import * as load from "./load-statements.ts";
import { pipeline } from "./round-trip.ts";
import { mailOf, type MailRow, rowsAs, type RunRow, runOf, type StepRow, stepOf } from "./row-mapping.ts";
import { arrayLiteral, BEGIN, NOTHING, run, runText, type Runner, stepPairs } from "./statement.ts";

/**
 * Begins a transaction and loads, in one round trip.
 *
 * @param connection - A connection that was taken out of its pool.
 * @param request - What to lock and to load.
 * @returns The rows.
 */
export async function openAndLoad(connection: ReservedSql, request: LoadRequest): Promise<LoadedRows> {
  const { runIds, workflows, idempotency } = request;
  const [, runRows, heads, earlier, ...found] = await pipeline([
    runText(connection, BEGIN),
    runIds.length > 0 ? run(connection, load.LOCK_RUNS, [arrayLiteral(runIds)]) : NOTHING,
    workflows.length > 0 ? run(connection, load.LOAD_WORKFLOWS, [arrayLiteral(workflows)]) : NOTHING,
    idempotency.length > 0
      ? run(connection, load.LOAD_EARLIER_RUNS, [
          arrayLiteral(idempotency.map((entry) => entry.workflow)),
          arrayLiteral(idempotency.map((entry) => entry.key)),
        ])
      : NOTHING,
    ...sendLoads(connection, request.rows),
  ]);
  const runs = new Map(rowsAs<RunRow>(runRows ?? []).map((row) => [row.id, runOf(row)]));
  return {
    runs,
    lockedRuns: await findLocked(
      connection,
      runIds.filter((runId) => !runs.has(runId)),
    ),
    ...foundRows(found),
    workflows: rowsAs<WorkflowRow>(heads ?? []).map((row) => ({
      name: row.name,
      latestVersion: row.latest_version,
      enabled: row.enabled,
    })),
    earlierRuns: rowsAs<EarlierRunRow>(earlier ?? []).map((row): EarlierRun => ({
      workflow: row.workflow,
      key: row.key,
      requestHash: row.request_hash,
      runId: row.run_id,
    })),
  };
}

/**
 * Loads further rows, in one round trip.
 *
 * @param connection - A connection in a transaction.
 * @param further - What to load.
 * @returns Steps and signals; those that do not exist are missing.
 */
export async function loadFurther(connection: ReservedSql, further: RunQuery): Promise<FoundRows> {
  return foundRows(await pipeline(sendLoads(connection, [further])));
}

/** First steps by their keys, then signals, then sets of steps. */
function sendLoads(connection: Runner, queries: readonly RunQuery[]): readonly Promise<readonly unknown[]>[] {
  const refs = queries.flatMap(({ runId, keys }) => keys.map((stepKey) => ({ runId, stepKey })));
  const mail = queries.flatMap(({ runId, mail: wanted }) => (wanted === null ? [] : [{ runId, ...wanted }]));
  return [
    refs.length > 0 ? run(connection, load.LOAD_STEPS, stepPairs(withoutRepeats(refs))) : NOTHING,
    mail.length > 0 ? run(connection, load.LOAD_MAIL, mailTriples(mail)) : NOTHING,
    ...queries.flatMap(({ runId, rows }) => (rows === null ? [] : [sendSet(connection, runId, rows)])),
  ];
}

function foundRows([byKey = [], mail = [], ...sets]: readonly (readonly unknown[])[]): FoundRows {
  return {
    steps: rowsAs<StepRow>([byKey, ...sets].flat()).map(stepOf),
    mail: rowsAs<MailRow>(mail).map(mailOf),
  };
}

function withoutRepeats(refs: readonly StepRef[]): readonly StepRef[] {
  return [...new Map(refs.map((ref) => [`${ref.runId}/${ref.stepKey}`, ref])).values()];
}

async function sendSet(connection: Runner, runId: RunId, rows: RowSet): Promise<readonly unknown[]> {
  switch (rows.kind) {
    case "unfinished":
      return run(connection, load.LOAD_UNFINISHED_STEPS, [runId]);
    case "all":
      return run(connection, load.LOAD_ALL_STEPS, [runId]);
    case "next_item":
      return run(connection, load.LOAD_NEXT_ITEM, [runId, rows.foreach, arrayLiteral(rows.except)]);
    case "item":
      return run(connection, load.LOAD_ITEM, [runId, rows.key]);
    case "waiting_for":
      return run(connection, load.LOAD_WAITING_FOR, [runId, rows.signal]);
  }
}

function mailTriples(
  mail: readonly { readonly runId: RunId; readonly name: string; readonly idempotencyKey: string | null }[],
): readonly string[] {
  return [
    arrayLiteral(mail.map((one) => one.runId)),
    arrayLiteral(mail.map((one) => one.name)),
    arrayLiteral(mail.map((one) => one.idempotencyKey ?? "")),
  ];
}

/** Of the runs that could not be locked, those that exist. Mostly there is none, and nothing is asked. */
async function findLocked(connection: ReservedSql, missing: readonly RunId[]): Promise<ReadonlySet<RunId>> {
  if (missing.length === 0) {
    return new Set();
  }
  const rows = await run(connection, load.FIND_RUNS, [arrayLiteral(missing)]);
  return new Set(rowsAs<{ readonly id: RunId }>(rows).map(({ id }) => id));
}

interface WorkflowRow {
  readonly name: WorkflowName;
  readonly latest_version: number;
  readonly enabled: boolean;
}

interface EarlierRunRow {
  readonly workflow: WorkflowName;
  readonly key: string;
  readonly request_hash: string;
  readonly run_id: RunId;
}
