import { sql } from "drizzle-orm";
import { runs } from "./schema/runs.ts";
import { steps } from "./schema/steps.ts";
import { workflows, workflowVersions } from "./schema/workflows.ts";
import { statement } from "./statement.ts";

const RUN_COLUMNS = sql.raw(
  `id, workflow, version, labels, status, counts, failure, event_seq, encode(event_hash, 'hex') as event_hash,
   created_at, started_at, ended_at, deadline_at`,
);

const STEP_COLUMNS = sql.raw(
  `s.run_id, s.key, s.node_id, s.type, s.status, s.attempt, s.max_attempts, s.pending_needs, s.lease_token,
   s.available_at, s.queued_at, s.started_at, s.ended_at, s.error`,
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

/** Loads all steps of a run, in the order of the recipe. `$1`: run id. */
export const LOAD_ALL_STEPS = statement(
  sql`select ${STEP_COLUMNS} from ${steps} s where s.run_id = $1::text::uuid order by s.position`,
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
