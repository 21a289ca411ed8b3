import { createHash } from "node:crypto";
import { and, asc, desc, eq, gt, gte, sql } from "drizzle-orm";
import type { EventReads, LogVerdict } from "../../../api/events/port.ts";
import { ChainVerifier } from "../../../domain/audit/chain.ts";
import type { RunId } from "../../../domain/ids.ts";
import type { Event } from "../../../domain/run/event.ts";
import type { ChainHead } from "../../../domain/run/run.ts";
import { events } from "../schema/events.ts";
import { runs } from "../schema/runs.ts";
import type { ApiCalls } from "./api-calls.ts";
import type { ApiSql } from "./lane.ts";
import { eventOf } from "./row-mapping.ts";

/** Events of one page of a log that is read whole. */
const LOG_PAGE = 1000;

/** The largest number that the column holds. */
const SEQ_MAX = 2 ** 31 - 1;

/** An event as the API selects it: the hashes in hex. */
export const EVENT_COLUMNS = {
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
 * @param calls - What statements run on.
 * @returns The reads.
 */
export function createEventReads(calls: ApiCalls): EventReads {
  return {
    list: async (runId, { after, limit }) =>
      calls.read(async (db) => {
        const rows = await db
          .select(EVENT_COLUMNS)
          .from(events)
          .where(and(eq(events.runId, runId), gt(events.seq, after)))
          .orderBy(asc(events.seq))
          .limit(limit);
        return rows.length === 0 && !(await existsRun(db, runId)) ? null : rows.map(eventOf);
      }),
    verify: async (runId) => calls.read(async (db) => verifyLog(db, runId)),
    findHead: async (runId) => calls.read(async (db) => findHead(db, runId)),
    findLast: async (runId, type) =>
      calls.read(async (db) => {
        const [row] = await db
          .select(EVENT_COLUMNS)
          .from(events)
          .where(and(eq(events.runId, runId), eq(events.type, type)))
          .orderBy(desc(events.seq))
          .limit(1);
        return row === undefined ? null : eventOf(row);
      }),
    listOfStep: async (runId, key, limit) =>
      calls.read(async (db) => {
        const rows = await db
          .select(EVENT_COLUMNS)
          .from(events)
          .where(and(eq(events.runId, runId), eq(events.stepKey, key)))
          .orderBy(desc(events.seq))
          .limit(limit);
        return rows.map(eventOf).toReversed();
      }),
  };
}

/** Log and head come from one snapshot: a run that goes on meanwhile must not look as if it had been tampered with. */
async function verifyLog(db: ApiSql, runId: RunId): Promise<LogVerdict | null> {
  return db.transaction(
    async (tx) => {
      const head = await findHead(tx, runId);
      const verifier = new ChainVerifier(runId, sha256);
      // Numbers below 1 cannot be ours, so they are looked for too.
      let from = -(2 ** 31);
      let page: readonly Event[] = [];
      do {
        const rows = await tx
          .select(EVENT_COLUMNS)
          .from(events)
          .where(and(eq(events.runId, runId), gte(events.seq, from)))
          .orderBy(asc(events.seq))
          .limit(LOG_PAGE);
        page = rows.map(eventOf);
        for (const event of page) {
          verifier.add(event);
        }
        from = (page.at(-1)?.seq ?? 0) + 1;
      } while (page.length === LOG_PAGE && from < SEQ_MAX);
      return head === null ? null : { verdict: verifier.verdict(head), head };
    },
    { isolationLevel: "repeatable read", accessMode: "read only" },
  );
}

async function findHead(db: Pick<ApiSql, "select">, runId: RunId): Promise<ChainHead | null> {
  const [head] = await db
    .select({ seq: runs.eventSeq, hash: sql<string>`encode(${runs.eventHash}, 'hex')` })
    .from(runs)
    .where(eq(runs.id, runId));
  return head ?? null;
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** A run has events from its first instant on, so this is asked at the end of a log and for unknown runs only. */
async function existsRun(db: ApiSql, runId: string): Promise<boolean> {
  const found = await db.select({ id: runs.id }).from(runs).where(eq(runs.id, runId)).limit(1);
  return found.length > 0;
}
