import type { Plan } from "../../domain/definition/plan.ts";
import type { LeaseToken, RunId, StepKey, WorkflowName } from "../../domain/ids.ts";
import type { Json } from "../../domain/json.ts";
import type { StepError } from "../../domain/run/outcome.ts";
import type { Step } from "../../domain/run/step.ts";
import type {
  EarlierRun,
  Lease,
  LedgerStore,
  LedgerTransaction,
  LoadedRows,
  LoadRequest,
  PlanRef,
  ReadBack,
  SaveRequest,
  StepRef,
} from "../../ledger/ports.ts";
import type { PoolSource, ReservedSql, Sql } from "./client.ts";
import { FIND_HELD_LEASES, RENEW_LEASES } from "./lease-statements.ts";
import * as load from "./load-statements.ts";
import { isLoss, pipeline, query } from "./round-trip.ts";
import { rowsAs, type RunRow, runOf, type StepRow, stepOf } from "./row-mapping.ts";
import * as save from "./save-statements.ts";
import { arrayLiteral, BEGIN, run, runText, type Runner } from "./statement.ts";

/** In place of a statement that has nothing to do. */
const NOTHING: Promise<readonly unknown[]> = Promise.resolve([]);

/**
 * Makes the store of the ledger over PostgreSQL.
 *
 * @param source - A pool of at least two connections: plans are loaded beside an open transaction.
 * @returns The store.
 */
export function createLedgerStore(source: PoolSource): LedgerStore {
  return {
    async findPlanRefs(runIds) {
      const [rows = []] = await query(source, [{ prepared: load.FIND_PLAN_REFS, params: [arrayLiteral(runIds)] }]);
      const refs = rowsAs<PlanRef & { readonly id: RunId }>(rows);
      return new Map(refs.map((row) => [row.id, { workflow: row.workflow, version: row.version }]));
    },
    async loadPlans(refs) {
      const params = [arrayLiteral(refs.map((ref) => ref.workflow)), arrayLiteral(refs.map((ref) => `${ref.version}`))];
      const [rows = []] = await query(source, [{ prepared: load.LOAD_PLANS, params }]);
      return rowsAs<PlanRef & { readonly plan: Plan }>(rows);
    },
    async open(request) {
      try {
        return await openOnce(source, request);
      } catch (error) {
        // Nothing is written yet, and with a pool of new connections it may go well.
        if (isLoss(error)) {
          return openOnce(source, request);
        }
        throw error;
      }
    },
    async renewLeases(leases, expiresAt) {
      return withConnection(source, async ({ pool, connection }) => {
        const held = leaseParams(leases);
        const [, , rows] = await source.guard(pool, () =>
          pipeline([
            runText(connection, BEGIN),
            run(connection, RENEW_LEASES, [...held, expiresAt.toISOString()]),
            run(connection, FIND_HELD_LEASES, held),
            runText(connection, "commit"),
          ]),
        );
        connection.release();
        return rowsAs<{ readonly token: LeaseToken }>(rows ?? []).map(({ token }) => token);
      });
    },
  };
}

function leaseParams(leases: readonly Lease[]): readonly string[] {
  return [
    arrayLiteral(leases.map((lease) => lease.runId)),
    arrayLiteral(leases.map((lease) => lease.stepKey)),
    arrayLiteral(leases.map((lease) => lease.token)),
  ];
}

async function openOnce(source: PoolSource, request: LoadRequest): Promise<LedgerTransaction> {
  return withConnection(source, async (borrowed) =>
    transaction(borrowed, await source.guard(borrowed.pool, () => openAndLoad(borrowed.connection, request))),
  );
}

/** Takes a connection out of the pool; if the work fails the connection is given back clean or not at all. */
async function withConnection<Value>(source: PoolSource, work: (borrowed: Borrowed) => Promise<Value>): Promise<Value> {
  const { pool } = source;
  let connection: ReservedSql | null = null;
  try {
    connection = await source.guard(pool, () => pool.reserve());
    return await work({ source, pool, connection });
  } catch (error) {
    await abandon({ source, pool, connection }, error);
    throw error;
  }
}

/** A connection that was taken out of its pool. */
interface Borrowed {
  readonly source: PoolSource;
  readonly pool: Sql;
  readonly connection: ReservedSql;
}

function transaction(borrowed: Borrowed, rows: LoadedRows): LedgerTransaction {
  const { source, pool, connection } = borrowed;
  return {
    rows,
    async loadAllSteps(runId): Promise<readonly Step[]> {
      const stepRows = await source.guard(pool, () => run(connection, load.LOAD_ALL_STEPS, [runId]));
      return rowsAs<StepRow>(stepRows).map(stepOf);
    },
    async save(request): Promise<ReadBack> {
      try {
        const result = await source.guard(pool, () => writeAndCommit(connection, request));
        connection.release();
        return result;
      } catch (error) {
        await abandon(borrowed, error);
        throw error;
      }
    },
    async rollback(): Promise<void> {
      await abandon(borrowed, null);
    },
  };
}

/** `BEGIN` and the loads in one round trip. */
async function openAndLoad(connection: ReservedSql, request: LoadRequest): Promise<LoadedRows> {
  const { runIds, workflows, idempotency } = request;
  const [, runRows, steps, heads, earlier] = await pipeline([
    runText(connection, BEGIN),
    runIds.length > 0 ? run(connection, load.LOCK_RUNS, [arrayLiteral(runIds)]) : NOTHING,
    request.steps.length > 0 ? run(connection, load.LOAD_STEPS, stepPairs(request.steps)) : NOTHING,
    workflows.length > 0 ? run(connection, load.LOAD_WORKFLOWS, [arrayLiteral(workflows)]) : NOTHING,
    idempotency.length > 0
      ? run(connection, load.LOAD_EARLIER_RUNS, [
          arrayLiteral(idempotency.map((entry) => entry.workflow)),
          arrayLiteral(idempotency.map((entry) => entry.key)),
        ])
      : NOTHING,
  ]);
  const runs = new Map(rowsAs<RunRow>(runRows ?? []).map((row) => [row.id, runOf(row)]));
  return {
    runs,
    lockedRuns: await findLocked(
      connection,
      runIds.filter((runId) => !runs.has(runId)),
    ),
    steps: rowsAs<StepRow>(steps ?? []).map(stepOf),
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

interface ResultRow {
  readonly run_id: RunId;
  readonly key: StepKey;
  readonly output: Json;
  readonly error: StepError | null;
}

/** The writes, what the begun steps read, and `COMMIT` in one round trip. */
async function writeAndCommit(connection: ReservedSql, request: SaveRequest): Promise<ReadBack> {
  const { created, events, inputsOf, resultsOf } = request;
  const stepRows = stepUpdatesOf(request);
  const [, , , , , inputs, results] = await pipeline([
    write(connection, save.INSERT_RUNS, save.runInserts(created)),
    write(connection, save.INSERT_STEPS, save.stepInserts(created)),
    write(connection, save.UPDATE_RUNS, save.runUpdates(request.changed)),
    write(connection, save.UPDATE_STEPS, stepRows),
    write(connection, save.INSERT_EVENTS, save.eventInserts(events)),
    inputsOf.length > 0 ? run(connection, load.READ_INPUTS, [arrayLiteral(inputsOf)]) : NOTHING,
    resultsOf.length > 0 ? run(connection, load.READ_RESULTS, stepPairs(resultsOf)) : NOTHING,
    runText(connection, "commit"),
  ]);
  return {
    inputs: new Map(
      rowsAs<{ readonly id: RunId; readonly input: Json }>(inputs ?? []).map((row) => [row.id, row.input]),
    ),
    results: rowsAs<ResultRow>(results ?? []).map((row) => ({
      runId: row.run_id,
      stepKey: row.key,
      output: row.output,
      error: row.error,
    })),
  };
}

function stepUpdatesOf(request: SaveRequest): readonly object[] {
  return request.changed.length > 0 ? save.stepUpdates(request) : [];
}

function write(
  connection: Runner,
  prepared: Parameters<typeof run>[1],
  rows: readonly object[],
): Promise<readonly unknown[]> {
  return rows.length > 0 ? run(connection, prepared, [rows]) : NOTHING;
}

function stepPairs(refs: readonly StepRef[]): readonly string[] {
  return [arrayLiteral(refs.map((ref) => ref.runId)), arrayLiteral(refs.map((ref) => ref.stepKey))];
}

/**
 * Rolls back and returns the connection. One that is lost is thrown away with its pool: PostgreSQL rolls back by
 * itself, and a statement on a dead socket would never be answered.
 */
async function abandon(
  { source, pool, connection }: Omit<Borrowed, "connection"> & { readonly connection: ReservedSql | null },
  error: unknown,
): Promise<void> {
  if (connection === null || isLoss(error)) {
    source.discard(pool);
    return;
  }
  try {
    await source.guard(pool, () => runText(connection, "rollback"));
    connection.release();
  } catch {
    source.discard(pool);
  }
}
