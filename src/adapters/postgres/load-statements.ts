import { sql } from "drizzle-orm";
import { items } from "./schema/items.ts";
import { runs } from "./schema/runs.ts";
import { signals } from "./schema/signals.ts";
import { steps } from "./schema/steps.ts";
import { workflows, workflowVersions } from "./schema/workflows.ts";
import { statement } from "./statement.ts";

const RUN_COLUMNS = sql.raw(
  `id, workflow, version, labels, status, counts, failure, phase, hold, event_seq, encode(event_hash, 'hex') as event_hash,
   created_at, started_at, ended_at, deadline_at`,
);

const STEP_COLUMNS = sql.raw(
  `s.run_id, s.key, s.node_id, s.type, s.position, s.status, s.attempt, s.max_attempts, s.pending_needs, s.lease_token,
   s.available_at, s.queued_at, s.started_at, s.ended_at, s.error, s.waiting_for`,
);

/**
 * Locks runs in id order, so that two batches cannot deadlock. One that somebody else has locked is left out: its batch
 * must not wait for it. `$1`: uuid array.
 */
export const LOCK_RUNS = statement(
  sql`select ${RUN_COLUMNS} from ${runs} where id = any($1::text::uuid[]) order by id for update skip locked`,
);

/** Tells which runs exist, locked or not. `$1`: uuid array. */
export const FIND_RUNS = statement(sql`select id from ${runs} where id = any($1::text::uuid[])`);

/** Loads single steps. `$1`, `$2`: run ids and step keys, pair by pair. */
export const LOAD_STEPS = statement(
  sql`select ${STEP_COLUMNS} from ${steps} s
      join unnest($1::text::uuid[], $2::text::text[]) as wanted(run_id, key)
        on s.run_id = wanted.run_id and s.key = wanted.key`,
);

/** Loads all steps of a run. `$1`: run id. */
export const LOAD_ALL_STEPS = statement(
  sql`select ${STEP_COLUMNS} from ${steps} s where s.run_id = $1::text::uuid order by s.scope nulls first, s.position`,
);

/** Loads the steps of a run that can still move. `$1`: run id. */
export const LOAD_UNFINISHED_STEPS = statement(
  sql`select ${STEP_COLUMNS} from ${steps} s
      where s.run_id = $1::text::uuid and s.status in ('PENDING', 'RUNNING', 'RETRYING', 'WAITING')
      order by s.scope nulls first, s.position`,
);

/**
 * Loads the first item of a `foreach` that waits for its turn, with all that it holds. `$1`: run id, `$2`: `foreach`,
 * `$3`: items that are not meant.
 */
export const LOAD_NEXT_ITEM = statement(
  sql`with next as (select i.run_id, i.key from ${steps} i
                    where i.run_id = $1::text::uuid and i.scope = $2 and i.status = 'PENDING'
                      and i.key <> all($3::text::text[])
                    order by i.position limit 1)
      select ${STEP_COLUMNS} from ${steps} s
      join next on s.run_id = next.run_id
        and (s.key = next.key or s.scope = next.key or starts_with(s.scope, next.key || '.'))`,
);

/** Loads an item with all that it holds. `$1`: run id, `$2`: item. */
export const LOAD_ITEM = statement(
  sql`select ${STEP_COLUMNS} from ${steps} s
      where s.run_id = $1::text::uuid and (s.key = $2 or s.scope = $2 or starts_with(s.scope, $2 || '.'))`,
);

/** Loads the steps of a run that wait for a signal. `$1`: run id, `$2`: name. */
export const LOAD_WAITING_FOR = statement(
  sql`select ${STEP_COLUMNS} from ${steps} s
      where s.run_id = $1::text::uuid and s.status = 'WAITING' and s.waiting_for ->> 'kind' = 'signal'
        and s.waiting_for ->> 'name' = $2`,
);

/**
 * Loads signals that no step has taken, and those of given keys, oldest first, each once however many ask for it. `$1`,
 * `$2`, `$3`: run ids, names and idempotency keys (empty: none), triple by triple.
 */
export const LOAD_MAIL = statement(
  sql`select m.run_id, m.name, m.idempotency_key, m.payload, m.actor, m.received_at, m.taken_by from ${signals} m
      join (select run_id, name, array_agg(key) as keys
            from unnest($1::text::uuid[], $2::text::text[], $3::text::text[]) as asked(run_id, name, key)
            group by run_id, name) as wanted
        on m.run_id = wanted.run_id and m.name = wanted.name
      where m.taken_by is null or m.idempotency_key = any(wanted.keys)
      order by m.id`,
);

/** Loads what a start must know of its workflow. `$1`: names. */
export const LOAD_WORKFLOWS = statement(
  sql`select name, latest_version, enabled from ${workflows} where name = any($1::text::text[])`,
);

/** Finds runs that earlier starts made. `$1`, `$2`: workflows and idempotency keys, pair by pair. */
export const LOAD_EARLIER_RUNS = statement(
  sql`select r.workflow, r.idempotency_key as key, r.request_hash, r.id as run_id from ${runs} r
      join unnest($1::text::text[], $2::text::text[]) as wanted(workflow, key)
        on r.workflow = wanted.workflow and r.idempotency_key = wanted.key`,
);

/** Finds the versions that runs are pinned to. `$1`: uuid array. */
export const FIND_PLAN_REFS = statement(
  sql`select id, workflow, version from ${runs} where id = any($1::text::uuid[])`,
);

/** Loads recipes and their plans. `$1`, `$2`: workflows and versions, pair by pair. */
export const LOAD_PLANS = statement(
  sql`select v.workflow, v.version, v.recipe, v.plan from ${workflowVersions} v
      join unnest($1::text::text[], $2::text::integer[]) as wanted(workflow, version)
        on v.workflow = wanted.workflow and v.version = wanted.version`,
);

/** Reads the inputs of runs. `$1`: uuid array. */
export const READ_INPUTS = statement(sql`select id, input from ${runs} where id = any($1::text::uuid[])`);

/**
 * Reads the results of steps: the output of a step that did not complete is null, even if an earlier attempt before an
 * operator's retry left one. `$1`, `$2`: run ids and step keys, pair by pair.
 */
export const READ_RESULTS = statement(
  sql`select s.run_id, s.key,
        case when s.status = 'COMPLETED' then s.output end as output,
        case when s.status = 'FAILED' then s.error end as error
      from ${steps} s
      join unnest($1::text::uuid[], $2::text::text[]) as wanted(run_id, key)
        on s.run_id = wanted.run_id and s.key = wanted.key`,
);

/** Reads the values of items. `$1`, `$2`, `$3`: run ids, `foreach` steps and places, triple by triple. */
export const READ_ITEMS = statement(
  sql`select i.run_id, i.step_key, i.index, i.value from ${items} i
      join unnest($1::text::uuid[], $2::text::text[], $3::text::integer[]) as wanted(run_id, step_key, index)
        on i.run_id = wanted.run_id and i.step_key = wanted.step_key and i.index = wanted.index`,
);
