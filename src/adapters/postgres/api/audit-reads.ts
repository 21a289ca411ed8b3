import { and, desc, eq, gte, inArray, lt, type SQL, sql } from "drizzle-orm";
import type { AuditFilter, AuditPage, AuditPosition, AuditReads } from "../../../api/audit/port.ts";
import type { Event } from "../../../domain/run/event.ts";
import { operatorEvents } from "../schema/api-keys.ts";
import { events } from "../schema/events.ts";
import { runs } from "../schema/runs.ts";
import type { ApiCalls } from "./api-calls.ts";
import { EVENT_COLUMNS } from "./event-reads.ts";
import type { ApiSql } from "./lane.ts";
import { eventOf } from "./row-mapping.ts";

/**
 * Events are found by going back in time, window by window, each 8 times as long as the one before: from 2 s, which a
 * busy service fills a page with, to some 70 years.
 */
const FIRST_WINDOW_MS = 2_000;
const WINDOW_GROWTH = 8;
const WINDOWS_MAX = 11;

/** A page that looked back for this long ends, full or not, in ms. */
const SEARCH_MS_MAX = 2_000;

const LOWEST_RUN = "00000000-0000-0000-0000-000000000000";

/**
 * Makes the reads of all logs together.
 *
 * @param calls - What statements run on.
 * @returns The reads.
 */
export function createAuditReads(calls: ApiCalls): AuditReads {
  return {
    list: async (filter, page) => calls.read(async (db) => list(db, filter, page)),
    listOperatorEvents: async ({ after, limit }) =>
      calls.read(async (db) =>
        db
          .select()
          .from(operatorEvents)
          .where(after === null ? undefined : lt(operatorEvents.id, after))
          .orderBy(desc(operatorEvents.id))
          .limit(limit),
      ),
  };
}

async function list(
  db: ApiSql,
  filter: AuditFilter,
  { after, limit, now }: Parameters<AuditReads["list"]>[1],
): Promise<AuditPage> {
  const startedMs = Date.now();
  const found: Event[] = [];
  // There are no events before 1970, and a position before it could not be written as a cursor.
  const firstMs = Math.max(0, filter.from?.getTime() ?? 0);
  let position = after ?? startOf(filter, now);
  let windowMs = FIRST_WINDOW_MS;
  for (let window = 0; window < WINDOWS_MAX && Date.now() - startedMs < SEARCH_MS_MAX; window += 1) {
    const from = new Date(Math.max(position.at.getTime() - windowMs, firstMs));
    const rows = await readWindow(db, matchEvents(filter, from, position), limit - found.length);
    found.push(...rows);
    const last = found.at(-1);
    if (last !== undefined && found.length === limit) {
      return { events: found, next: { at: last.at, runId: last.runId, seq: last.seq } };
    }
    position = { at: from, runId: null, seq: 0 };
    if (from.getTime() <= firstMs) {
      return { events: found, next: null };
    }
    windowMs *= WINDOW_GROWTH;
  }
  return { events: found, next: position };
}

async function readWindow(db: ApiSql, condition: SQL | undefined, limit: number): Promise<readonly Event[]> {
  const rows = await db
    .select(EVENT_COLUMNS)
    .from(events)
    .where(condition)
    .orderBy(desc(events.at), desc(events.runId), desc(events.seq))
    .limit(limit);
  return rows.map(eventOf);
}

function matchEvents(filter: AuditFilter, from: Date, { at, runId, seq }: AuditPosition): SQL | undefined {
  const { types, actor, workflow } = filter;
  const before = at.toISOString();
  return and(
    gte(events.at, from),
    // The first condition follows from the second, but only it can be looked up in the index on `at`.
    sql`${events.at} <= ${before}::timestamptz`,
    sql`(${events.at}, ${events.runId}, ${events.seq}) < (${before}::timestamptz, ${runId ?? LOWEST_RUN}::uuid, ${seq}::int)`,
    types.length === 0 ? undefined : inArray(events.type, [...types]),
    actor === null ? undefined : eq(events.actor, actor),
    workflow === null
      ? undefined
      : sql`exists (select 1 from ${runs} where ${runs.id} = ${events.runId} and ${runs.workflow} = ${workflow})`,
  );
}

/**
 * Clocks of shards may be ahead of ours; what they wrote just now is still shown. Nothing is later, and to look for it
 * from an instant far ahead would take page after page.
 */
function startOf(filter: AuditFilter, now: Date): AuditPosition {
  const latestMs = now.getTime() + 60_000;
  return { at: new Date(Math.min(filter.to?.getTime() ?? latestMs, latestMs)), runId: null, seq: 0 };
}
