import { and, desc, type SQL } from "drizzle-orm";
import type { RunList, RunSummaryRecord } from "../../../api/runs/port.ts";
import { runs } from "../schema/runs.ts";
import type { ApiSql } from "./lane.ts";
import { runIdOf } from "./row-mapping.ts";
import { SUMMARY_COLUMNS } from "./run-columns.ts";
import { matchIdPrefix, matchText } from "./run-filter.ts";

/**
 * Runs that one page of a search looks at. No index serves text in labels and errors: one that did would cost every
 * start and every failure more than a search is worth.
 */
const SEARCHED_MAX = 10_000;

/**
 * Lists runs, newest first.
 *
 * @param db - What statements run on.
 * @param condition - Which ones; undefined: all.
 * @param limit - Rows at most.
 * @returns The runs.
 */
export async function listRuns(
  db: ApiSql,
  condition: SQL | undefined,
  limit: number,
): Promise<readonly RunSummaryRecord[]> {
  const rows = await db.select(SUMMARY_COLUMNS).from(runs).where(condition).orderBy(desc(runs.id)).limit(limit);
  return rows.map((row) => ({ ...row, id: runIdOf(row.id) }));
}

/**
 * Searches runs for text, newest first: those whose ids begin with it, else those that hold it, among the newest.
 *
 * @param db - What statements run on.
 * @param request - Which runs are searched, for what, and rows at most.
 * @returns The runs found, and how far it looked when it gave up.
 */
export async function searchRuns(
  db: ApiSql,
  request: { readonly condition: SQL | undefined; readonly search: string; readonly limit: number },
): Promise<RunList> {
  const { condition, search, limit } = request;
  const idCondition = matchIdPrefix(search);
  const byId = idCondition === undefined ? [] : await listRuns(db, and(condition, idCondition), limit);
  if (byId.length > 0) {
    return { runs: byId, searchedTo: null };
  }
  const newest = db
    .select(SUMMARY_COLUMNS)
    .from(runs)
    .where(condition)
    .orderBy(desc(runs.id))
    .limit(SEARCHED_MAX)
    .as("newest");
  const rows = await db.select().from(newest).where(matchText(newest, search)).orderBy(desc(newest.id)).limit(limit);
  const found = rows.map((row) => ({ ...row, id: runIdOf(row.id) }));
  if (found.length >= limit) {
    return { runs: found, searchedTo: null };
  }
  const [last] = await db
    .select({ id: runs.id })
    .from(runs)
    .where(condition)
    .orderBy(desc(runs.id))
    .offset(SEARCHED_MAX - 1)
    .limit(1);
  return { runs: found, searchedTo: last === undefined ? null : runIdOf(last.id) };
}
