import { and, asc, eq, inArray, isNotNull, or, type SQL, sql } from "drizzle-orm";
import type { StepRecord } from "../../../api/steps/port.ts";
import type { RunId, StepKey } from "../../../domain/ids.ts";
import { steps } from "../schema/steps.ts";
import { arrayLiteral } from "../statement.ts";
import type { ApiSql } from "./lane.ts";
import { STEP_COLUMNS, stepRecordOf } from "./step-reads.ts";

/** Waits of a run that are shown. */
const WAITS_MAX = 20;

/** Open items of one `foreach` that are looked into. */
const ITEMS_MAX = 20;

/** Items that are looked at to find the open ones, at each end of the list: no index serves states. */
const LOOKED_MAX = 5_000;

/** Steps under way that are read of one level of items. */
const STEPS_MAX = 100;

/** Blocks inside of each other: more than a recipe may have. */
const LEVELS_MAX = 8;

/**
 * Finds what a run waits for from outside, wherever it is: signals by their names, then times, the earliest first.
 *
 * @param db - What statements run on.
 * @param runId - The run.
 * @returns Steps that wait, at most 20.
 */
export async function listWaits(db: Pick<ApiSql, "select">, runId: RunId): Promise<readonly StepRecord[]> {
  // What the index `steps_waits` holds, in its order.
  const rows = await db
    .select(STEP_COLUMNS)
    .from(steps)
    .where(
      and(
        eq(steps.runId, runId),
        sql`${steps.status} = 'WAITING'`,
        sql`${steps.waitingFor} ->> 'kind' in ('timer', 'signal')`,
      ),
    )
    .orderBy(sql`${steps.waitingFor} ->> 'name'`, asc(steps.availableAt))
    .limit(WAITS_MAX);
  return rows.map(stepRecordOf);
}

/**
 * Finds what is under way inside of items: level by level, until one has an attempt that runs, is due or is tried again.
 * What it looks at is bounded, so in a very long list it may miss the items that are open.
 *
 * @param db - What statements run on.
 * @param runId - The run.
 * @param foreachs - `foreach` steps of the recipe whose items are under way.
 * @returns Open items, and their steps that run, are due, are tried again or wait.
 */
export async function listUnderWay(
  db: ApiSql,
  runId: RunId,
  foreachs: readonly StepKey[],
): Promise<readonly StepRecord[]> {
  const found: StepRecord[] = [];
  let level = foreachs;
  for (let depth = 0; depth < LEVELS_MAX && level.length > 0; depth += 1) {
    const openItems = await findOpenItems(db, runId, level);
    const rows = openItems.length === 0 ? [] : await listUnfinished(db, runId, openItems);
    found.push(...rows);
    level = rows.some(isAttempt) ? [] : rows.filter(({ type }) => type === "foreach").map(({ key }) => key);
  }
  return found;
}

/** Items open in the order of the list, so the open ones are the last, and those that take longest are among the first. */
async function findOpenItems(db: ApiSql, runId: RunId, foreachs: readonly StepKey[]): Promise<readonly string[]> {
  const rows = await db
    .select({ key: sql<string>`item.key` })
    .from(
      sql`unnest(${arrayLiteral(foreachs)}::text::text[]) as foreach(key)
        cross join lateral (${openItemsFrom(runId, sql`desc`)} union ${openItemsFrom(runId, sql`asc`)}) as item`,
    )
    .limit(ITEMS_MAX);
  return rows.map(({ key }) => key);
}

function openItemsFrom(runId: RunId, direction: SQL): SQL {
  return sql`(select looked.key from (
      select i.key, i.status, i.position from ${steps} i
      where i.run_id = ${runId} and i.scope = foreach.key order by i.position ${direction} limit ${LOOKED_MAX}) as looked
    where looked.status = 'WAITING' order by looked.position ${direction} limit ${ITEMS_MAX})`;
}

async function listUnfinished(db: ApiSql, runId: RunId, itemKeys: readonly string[]): Promise<readonly StepRecord[]> {
  const isUnderWay = or(
    inArray(steps.status, ["RUNNING", "RETRYING", "WAITING"]),
    and(eq(steps.status, "PENDING"), isNotNull(steps.availableAt)),
  );
  const rows = await db
    .select(STEP_COLUMNS)
    .from(steps)
    .where(
      and(
        eq(steps.runId, runId),
        or(inArray(steps.key, [...itemKeys]), and(inArray(steps.scope, [...itemKeys]), isUnderWay)),
      ),
    )
    .orderBy(asc(steps.key))
    .limit(STEPS_MAX);
  return rows.map(stepRecordOf);
}

function isAttempt({ type, status }: StepRecord): boolean {
  return type !== "item" && status !== "WAITING";
}
