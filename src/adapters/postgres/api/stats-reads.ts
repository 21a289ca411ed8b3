import { and, desc, gte, inArray, sql } from "drizzle-orm";
import type { StatsReads, StatsRequest } from "../../../api/stats/port.ts";
import { runs } from "../schema/runs.ts";
import type { ApiCalls } from "./api-calls.ts";
import type { ApiSql } from "./lane.ts";
import { createdSince } from "./run-filter.ts";

/** Counting more runs than this takes longer than a page may; the newest are counted then. */
const COUNTED_MAX = 100_000;

const ACTIVE = ["PENDING", "RUNNING", "RETRYING", "WAITING", "PAUSED", "COMPENSATING"] as const;

/**
 * Makes the reads that count runs.
 *
 * @param calls - What statements run on.
 * @returns The reads.
 */
export function createStatsReads(calls: ApiCalls): StatsReads {
  return {
    read: async (request) => calls.read(async (db) => read(db, request)),
    countActive: async () =>
      calls.read(async (db) => {
        const active = db
          .select({ status: runs.status })
          .from(runs)
          .where(inArray(runs.status, [...ACTIVE]))
          .limit(COUNTED_MAX)
          .as("active");
        return db
          .select({ status: active.status, count: sql<number>`count(*)::int` })
          .from(active)
          .groupBy(active.status);
      }),
  };
}

async function read(db: ApiSql, { from, bucketMs }: StatsRequest): ReturnType<StatsReads["read"]> {
  const newest = db
    .select({ status: runs.status, createdAt: runs.createdAt, startedAt: runs.startedAt, endedAt: runs.endedAt })
    .from(runs)
    .where(and(createdSince(from), gte(runs.createdAt, from)))
    .orderBy(desc(runs.id))
    .limit(COUNTED_MAX)
    .as("newest");
  const sinceMs = sql`extract(epoch from ${newest.createdAt} - ${from.toISOString()}::timestamptz) * 1000`;
  const bucket = sql<number>`floor(${sinceMs} / ${sql.raw(String(bucketMs))})::int`;
  const counts = await db
    .select({ bucket, status: newest.status, count: sql<number>`count(*)::int` })
    .from(newest)
    .groupBy(sql`1`, newest.status);
  // A clock that moved back between the two makes no duration negative.
  const durationMs = sql`greatest(0, extract(epoch from ${newest.endedAt} - ${newest.startedAt}) * 1000)`;
  const [percentiles] = await db
    .select({
      p50: sql<number | null>`percentile_disc(0.5) within group (order by ${durationMs})::float8`,
      p95: sql<number | null>`percentile_disc(0.95) within group (order by ${durationMs})::float8`,
    })
    .from(newest)
    .where(sql`${newest.status} = 'COMPLETED' and ${newest.startedAt} is not null`);
  const { p50, p95 } = percentiles ?? { p50: null, p95: null };
  return {
    counts,
    durationMs: p50 === null || p95 === null ? null : { p50, p95 },
    isPartial: counts.reduce((total, { count }) => total + count, 0) >= COUNTED_MAX,
  };
}
