import type { Bench, Sql } from "./bench.ts";
import { scaled } from "./bench.ts";
import { TRANSFORM_RECIPE } from "./recipes.ts";

/** Runs whose steps are written in turn; more than the largest batch. */
const TARGET_COUNT = 640;
const BATCH_SIZES = [1, 8, 64] as const;
const COMMITS_AT_FULL_SCALE = 2_000;

/** What PostgreSQL can do for a writer that does nothing else. */
export interface PostgresLimits {
  /** Commits of one small row per second, one connection. */
  readonly smallCommitsPerSecond: number;
  /** By how many steps share a commit: what one step writes, with the rows of a real run, one connection. */
  readonly steps: readonly {
    readonly batchSize: number;
    readonly commitsPerSecond: number;
    readonly stepsPerSecond: number;
  }[];
}

/**
 * Measures how fast PostgreSQL commits, in tables of its own.
 *
 * @param bench - The benchmark; the transform workflow has finished runs.
 * @returns Rates, each over one connection.
 */
export async function measurePostgresLimits(bench: Bench): Promise<PostgresLimits> {
  const { sql } = bench;
  const commitCount = scaled(bench, COMMITS_AT_FULL_SCALE);
  await createTables(sql);
  const ids = await sql<{ id: string }[]>`select id from limits.runs`;
  const runIds = ids.map(({ id }) => id);
  const smallCommitsPerSecond = await measureRate(commitCount, async () => {
    await sql`insert into limits.small (payload) values (${"a small row"})`;
  });
  const steps = [];
  for (const batchSize of BATCH_SIZES) {
    const batches = batchesOf(runIds, batchSize);
    const commitsPerSecond = await measureRate(Math.ceil(commitCount / Math.sqrt(batchSize)), async (index) => {
      await writeSteps(sql, batches[index % batches.length] ?? []);
    });
    steps.push({ batchSize, commitsPerSecond, stepsPerSecond: commitsPerSecond * batchSize });
  }
  await sql`drop schema limits cascade`;
  return { smallCommitsPerSecond, steps };
}

/** Fills tables of the same shape with copies of one real run; `patterns` has the events that a middle step made. */
async function createTables(sql: Sql): Promise<void> {
  await sql`drop schema if exists limits cascade`;
  await sql`create schema limits`;
  await sql`create table limits.small (id bigint generated always as identity primary key, payload text)`;
  for (const table of ["runs", "steps", "events"]) {
    await sql`create table limits.${sql(table)} (like ${sql(table)} including all)`;
  }
  await sql`create table limits.patterns (like events)`;
  await sql`
    with pattern as (
      select id from runs where workflow = ${TRANSFORM_RECIPE.name} and ended_at is not null order by id desc limit 1
    ), copies as materialized (
      select runs.id as old_id, gen_random_uuid() as new_id
      from runs join pattern using (id), generate_series(1, ${TARGET_COUNT}::int)
    ), new_runs as (
      insert into limits.runs select copy.* from copies join runs on runs.id = copies.old_id,
        lateral json_populate_record(runs, json_build_object('id', new_id)) as copy
    ), new_steps as (
      insert into limits.steps select copy.* from copies join steps on steps.run_id = copies.old_id,
        lateral json_populate_record(steps, json_build_object('run_id', new_id)) as copy
    )
    insert into limits.patterns select events.* from pattern join events on events.run_id = pattern.id
    where events.type in ('STEP_COMPLETED', 'STEP_STARTED') and events.step_key = 'second'`;
}

/** Writes for each run what one step does: the run's row, the step that ends and the next, two events. One commit. */
async function writeSteps(sql: Sql, runIds: readonly string[]): Promise<void> {
  await sql`
    with changed as (
      update limits.runs set event_seq = event_seq + 2, counts = counts, event_hash = event_hash
      where id = any(${[...runIds]}::uuid[]) returning id, event_seq
    ), written as (
      update limits.steps set status = status, ended_at = now(), output = output from changed
      where steps.run_id = changed.id and steps.key in ('second', 'third')
    )
    insert into limits.events select event.* from changed
      cross join (select patterns as pattern, row_number() over () as place from limits.patterns) as numbered,
      lateral json_populate_record(numbered.pattern,
        json_build_object('run_id', changed.id, 'seq', changed.event_seq - 2 + numbered.place)) as event`;
}

async function measureRate(count: number, act: (index: number) => Promise<void>): Promise<number> {
  const startedAtMs = performance.now();
  for (let index = 0; index < count; index += 1) await act(index);
  return count / ((performance.now() - startedAtMs) / 1000);
}

function batchesOf(ids: readonly string[], size: number): readonly (readonly string[])[] {
  const count = Math.floor(ids.length / size);
  return Array.from({ length: count }, (_, index) => ids.slice(index * size, (index + 1) * size));
}
