import { and, eq, gte, inArray, lt, or, type SQL, sql, type SQLWrapper } from "drizzle-orm";
import type { RunFilter } from "../../../api/runs/port.ts";
import type { RunId } from "../../../domain/ids.ts";
import { runs } from "../schema/runs.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const LOWEST_UUID = "00000000-0000-0000-0000-000000000000";

/** Shorter beginnings of ids stand for more than a minute's runs. */
const PREFIX_LENGTH_MIN = 8;

/** The columns that a search looks at. */
export interface SearchedColumns {
  readonly workflow: SQLWrapper;
  readonly labels: SQLWrapper;
  readonly failure: SQLWrapper;
}

/** A run's id is made before its row, by another clock: this bounds how far the two are apart, in ms. */
const CLOCK_SLACK_MS = 10 * 60_000;

/**
 * Says which runs a list shows, but for the text that is searched.
 *
 * @param filter - What every run has to match.
 * @param after - The last run of the page before, or null.
 * @returns The condition; undefined when all match.
 */
export function matchRuns(filter: RunFilter, after: RunId | null): SQL | undefined {
  const { statuses, workflow, labels, from, to } = filter;
  return and(
    after === null ? undefined : lt(runs.id, after),
    statuses.length === 0 ? undefined : inArray(runs.status, [...statuses]),
    workflow === null ? undefined : eq(runs.workflow, workflow),
    matchLabels(labels),
    // Ids sort by time, so the bound on them lets the index that gives the order also give the range.
    from === null ? undefined : and(createdSince(from), gte(runs.createdAt, from)),
    to === null ? undefined : and(lt(runs.id, lowestIdAt(to.getTime() + CLOCK_SLACK_MS)), lt(runs.createdAt, to)),
  );
}

/**
 * Gives the runs since an instant, and some before it, by the index that gives their order.
 *
 * @param from - The instant.
 * @returns The condition; one on `created_at` has to go with it.
 */
export function createdSince(from: Date): SQL {
  return gte(runs.id, lowestIdAt(from.getTime() - CLOCK_SLACK_MS));
}

function matchLabels(labels: Readonly<Record<string, string>>): SQL | undefined {
  return Object.keys(labels).length === 0
    ? undefined
    : // The second condition follows from the first, but only so does PostgreSQL use the partial index.
      sql`(${runs.labels} @> ${JSON.stringify(labels)}::jsonb and ${runs.labels} <> '{}'::jsonb)`;
}

/**
 * Says which runs a search finds.
 *
 * @param searched - The columns that are searched.
 * @param search - Text in the workflow, a label or the error.
 * @returns The condition.
 */
export function matchText(searched: SearchedColumns, search: string): SQL | undefined {
  const pattern = `%${search.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
  return or(
    sql`${searched.workflow} ilike ${pattern}`,
    sql`${searched.labels}::text ilike ${pattern}`,
    sql`${searched.failure}->>'message' ilike ${pattern}`,
    sql`${searched.failure}->>'code' ilike ${pattern}`,
  );
}

/**
 * Says which runs have ids that begin with a text.
 *
 * @param search - What may be the beginning of an id.
 * @returns The condition; undefined when no id begins so, or too many do.
 */
export function matchIdPrefix(search: string): SQL | undefined {
  const prefix = search.toLowerCase();
  if (prefix.length < PREFIX_LENGTH_MIN) {
    return undefined;
  }
  const lowest = prefix + LOWEST_UUID.slice(prefix.length);
  const highest = prefix + LOWEST_UUID.replaceAll("0", "f").slice(prefix.length);
  return UUID.test(lowest) ? sql`${runs.id} between ${lowest}::uuid and ${highest}::uuid` : undefined;
}

function lowestIdAt(timeMs: number): string {
  const time = Math.min(Math.max(0, timeMs), 0xffff_ffff_ffff).toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}${LOWEST_UUID.slice(13)}`;
}
