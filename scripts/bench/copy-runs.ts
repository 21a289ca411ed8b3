import type { Sql } from "./bench.ts";

/** Runs copied in one statement: more would keep too much in memory. */
const CHUNK_RUNS = 5_000;

/** Seconds between two copies: 100,000 of them cover a month. */
const COPY_INTERVAL_SECONDS = 26;

/** How many finished runs serve as patterns. */
const PATTERNS_MAX = 100;

/**
 * Adds finished runs to the tables by copying runs that the engine has made, with their steps and events: rows of the
 * real shape and size, whatever the schema is. Copies have ids and instants of the past month; the hashes of their
 * events are those of the pattern, so their chains do not verify.
 *
 * @param sql - The database.
 * @param workflow - Whose finished runs to copy; it must have one.
 * @param count - How many to add.
 */
export async function addFinishedRuns(sql: Sql, workflow: string, count: number): Promise<void> {
  const patterns = await sql<{ id: string }[]>`
    select id from runs where workflow = ${workflow} and ended_at is not null order by id desc limit ${PATTERNS_MAX}`;
  if (patterns.length === 0) throw new Error(`${workflow} has no finished run to copy.`);
  const patternIds = patterns.map(({ id }) => id);
  for (let first = 1; first <= count; first += CHUNK_RUNS) {
    await copyChunk(sql, patternIds, { first, last: Math.min(count, first + CHUNK_RUNS - 1) });
  }
  // What autovacuum would have done in the month that the copies stand for.
  for (const table of ["runs", "steps", "events"]) await sql`vacuum (analyze) ${sql(table)}`;
  await sql`checkpoint`;
}

async function copyChunk(
  sql: Sql,
  patternIds: readonly string[],
  { first, last }: { readonly first: number; readonly last: number },
): Promise<void> {
  await sql`
    with patterns as (
      select id, (row_number() over () - 1) as place from unnest(${[...patternIds]}::uuid[]) as pattern(id)
    ), places as (
      select copy_number, now() - make_interval(secs => copy_number * ${COPY_INTERVAL_SECONDS}::int) as created_at
      from generate_series(${first}::int, ${last}::int) as copy_number
    ), copies as materialized (
      select runs.id as old_id, places.created_at - runs.created_at as shift,
        (lpad(to_hex((extract(epoch from places.created_at) * 1000)::bigint), 12, '0')
          || substr(runs.id::text, 15, 4) || '8' || substr(md5(random()::text), 1, 15))::uuid as new_id
      from places join patterns on patterns.place = places.copy_number % ${patternIds.length}::int
        join runs on runs.id = patterns.id
    ), new_runs as (
      insert into runs select copy.* from copies join runs on runs.id = copies.old_id,
        lateral json_populate_record(runs, json_build_object('id', new_id, 'created_at', runs.created_at + shift,
          'started_at', runs.started_at + shift, 'ended_at', runs.ended_at + shift)) as copy
    ), new_steps as (
      insert into steps select copy.* from copies join steps on steps.run_id = copies.old_id,
        lateral json_populate_record(steps, json_build_object('run_id', new_id, 'queued_at', steps.queued_at + shift,
          'started_at', steps.started_at + shift, 'ended_at', steps.ended_at + shift)) as copy
    )
    insert into events select copy.* from copies join events on events.run_id = copies.old_id,
      lateral json_populate_record(events, json_build_object('run_id', new_id, 'at', events.at + shift)) as copy`;
}
