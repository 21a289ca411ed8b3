import { and, eq, gte, inArray, lt, or, type SQL, sql } from "drizzle-orm";
import type { RunId } from "../../../domain/ids.ts";
import type { RunFilter } from "../../../functions/api/ports/run-reads.ts";
import { runs } from "../schema/runs.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const LOWEST_UUID = "00000000-0000-0000-0000-000000000000";

/** A run's id is made before its row, by another clock: this bounds how far the two are apart, in ms. */
const CLOCK_SLACK_MS = 10 * 60_000;

/**
 * Says which runs a list shows.
 *
 * @param filter - What every run has to match.
 * @param after - The last run of the page before, or null.
 * @returns The condition; undefined when all match.
 */
export function matchRuns(filter: RunFilter, after: RunId | null): SQL | undefined {
  const { statuses, workflow, labels, search, from, to } = filter;
  return and(
    after === null ? undefined : lt(runs.id, after),
    statuses.length === 0 ? undefined : inArray(runs.status, [...statuses]),
    workflow === null ? undefined : eq(runs.workflow, workflow),
    matchLabels(labels),
    search === null ? undefined : matchText(search),
    // Ids sort by time, so the bound on them lets the index that gives the order also give the range.
    from === null
      ? undefined
      : and(gte(runs.id, lowestIdAt(from.getTime() - CLOCK_SLACK_MS)), gte(runs.createdAt, from)),
    to === null ? undefined : and(lt(runs.id, lowestIdAt(to.getTime() + CLOCK_SLACK_MS)), lt(runs.createdAt, to)),
  );
}

function matchLabels(labels: Readonly<Record<string, string>>): SQL | undefined {
  return Object.keys(labels).length === 0
    ? undefined
    : // The second condition follows from the first, but only so does PostgreSQL use the partial index.
      sql`(${runs.labels} @> ${JSON.stringify(labels)}::jsonb and ${runs.labels} <> '{}'::jsonb)`;
}

function matchText(search: string): SQL | undefined {
  const pattern = `%${search.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
  return or(
    matchIdPrefix(search.toLowerCase()),
    sql`${runs.workflow} ilike ${pattern}`,
    sql`${runs.labels}::text ilike ${pattern}`,
    sql`${runs.failure}->>'message' ilike ${pattern}`,
    sql`${runs.failure}->>'code' ilike ${pattern}`,
  );
}

function matchIdPrefix(prefix: string): SQL | undefined {
  const lowest = prefix + LOWEST_UUID.slice(prefix.length);
  const highest = prefix + LOWEST_UUID.replaceAll("0", "f").slice(prefix.length);
  return UUID.test(lowest) ? sql`${runs.id} between ${lowest}::uuid and ${highest}::uuid` : undefined;
}

function lowestIdAt(timeMs: number): string {
  const time = Math.min(Math.max(0, timeMs), 0xffff_ffff_ffff).toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}${LOWEST_UUID.slice(13)}`;
}
