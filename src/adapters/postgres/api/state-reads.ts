import { and, asc, eq, isNull, lte, ne, or, sql } from "drizzle-orm";
import type { StateReads } from "../../../api/health/port.ts";
import { runs } from "../schema/runs.ts";
import { steps } from "../schema/steps.ts";
import type { ApiCalls } from "./api-calls.ts";

/** What a paused or failing run holds back is not late; the leases of its attempts run out all the same. */
const IS_BEGUN = or(eq(steps.status, "RUNNING"), and(ne(runs.status, "PAUSED"), isNull(runs.failure)));

/** What PostgreSQL says of itself. */
const WRITES = sql<"taken" | "standby" | "read_only">`case
  when pg_is_in_recovery() then 'standby'
  when current_setting('transaction_read_only')::bool then 'read_only'
  else 'taken' end`;

/**
 * Makes the reads of health and metrics.
 *
 * @param calls - What statements run on.
 * @returns The reads.
 */
export function createStateReads(calls: ApiCalls): StateReads {
  return {
    look: async (now) =>
      calls.first(async (db) => {
        const oldestDue = db
          .select({ at: steps.availableAt })
          .from(steps)
          .innerJoin(runs, eq(runs.id, steps.runId))
          .where(and(lte(steps.availableAt, now), IS_BEGUN))
          .orderBy(asc(steps.availableAt))
          .limit(1)
          .as("oldest_due");
        const state = db
          .select({ writes: WRITES.as("writes") })
          .from(sql`(select 1) as one`)
          .as("state");
        const [row] = await db
          .select({ writes: state.writes, oldestDueAt: oldestDue.at })
          .from(state)
          .leftJoin(oldestDue, sql`true`);
        return { writes: row?.writes ?? "taken", oldestDueAt: row?.oldestDueAt ?? null };
      }),
  };
}
