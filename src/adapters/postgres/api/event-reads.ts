import { and, asc, desc, eq, gt, sql } from "drizzle-orm";
import type { EventReads } from "../../../functions/api/ports/event-reads.ts";
import { events } from "../schema/events.ts";
import { runs } from "../schema/runs.ts";
import type { ApiSql } from "./api-database.ts";
import { callDatabase } from "./database-call.ts";
import { eventOf } from "./row-mapping.ts";

const COLUMNS = {
  runId: events.runId,
  seq: events.seq,
  at: events.at,
  type: events.type,
  step: events.stepKey,
  attempt: events.attempt,
  from: events.fromStatus,
  to: events.toStatus,
  actor: events.actor,
  data: events.data,
  prevHash: sql<string>`encode(${events.prevHash}, 'hex')`,
  hash: sql<string>`encode(${events.hash}, 'hex')`,
};

/**
 * Makes the reads of the audit log.
 *
 * @param db - What statements run on.
 * @returns The reads.
 */
export function createEventReads(db: ApiSql): EventReads {
  return {
    list: async (runId, { after, limit }) =>
      callDatabase(async () => {
        const rows = await db
          .select(COLUMNS)
          .from(events)
          .where(and(eq(events.runId, runId), gt(events.seq, after)))
          .orderBy(asc(events.seq))
          .limit(limit);
        return rows.length === 0 && !(await existsRun(db, runId)) ? null : rows.map(eventOf);
      }),
    listOfStep: async (runId, key, limit) =>
      callDatabase(async () => {
        const rows = await db
          .select(COLUMNS)
          .from(events)
          .where(and(eq(events.runId, runId), eq(events.stepKey, key)))
          .orderBy(desc(events.seq))
          .limit(limit);
        return rows.map(eventOf).toReversed();
      }),
  };
}

/** A run has events from its first instant on, so this is asked at the end of a log and for unknown runs only. */
async function existsRun(db: ApiSql, runId: string): Promise<boolean> {
  const found = await db.select({ id: runs.id }).from(runs).where(eq(runs.id, runId)).limit(1);
  return found.length > 0;
}
