import type { LeaseToken, RunId } from "../../domain/ids.ts";
import type { StoredPlan } from "../../domain/plan/plan.ts";
import type {
  FoundRows,
  Lease,
  LedgerStore,
  LedgerTransaction,
  LoadedRows,
  LoadRequest,
  PlanRef,
  ReadBack,
} from "../../ledger/ports.ts";
import type { PoolSource, ReservedSql, Sql } from "./client.ts";
import { FIND_HELD_LEASES, RENEW_LEASES } from "./lease-statements.ts";
import { loadFurther, openAndLoad } from "./load-rows.ts";
import * as load from "./load-statements.ts";
import { isLoss, pipeline, query } from "./round-trip.ts";
import { rowsAs } from "./row-mapping.ts";
import { writeAndCommit } from "./save-rows.ts";
import { arrayLiteral, BEGIN, run, runText } from "./statement.ts";

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
      return rowsAs<PlanRef & StoredPlan>(rows);
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
    async load(further): Promise<FoundRows> {
      return source.guard(pool, () => loadFurther(connection, further));
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
