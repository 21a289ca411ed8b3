import { sql } from "drizzle-orm";
import { runs } from "./schema/runs.ts";
import { steps } from "./schema/steps.ts";
import { statement } from "./statement.ts";

/**
 * Moves the lease end of attempts that still hold their lease; the token is the guard, so an attempt that settled or
 * lost its lease meanwhile is left alone. Gives the tokens of those that hold theirs. `$1`, `$2`, `$3`: run ids, step keys and tokens, triple by triple; `$4`: the
 * new end.
 */
export const RENEW_LEASES = statement(
  sql`update ${steps} set available_at = $4::text::timestamptz
      from unnest($1::text::uuid[], $2::text::text[], $3::text::text[]) as held(run_id, key, token)
      where steps.run_id = held.run_id and steps.key = held.key and steps.lease_token = held.token
        and steps.status = 'RUNNING'
      returning steps.lease_token as token`,
);

/**
 * Finds what should be on a shard's queue soon, oldest first: steps and deadlines that are due before `$2`. Paused
 * runs keep their steps back, but their leases still run out. `$1`: shard, `$2`: until, `$3`: limit.
 */
export const FIND_DUE = statement(
  sql`(select s.run_id, s.key, s.available_at from ${steps} s join ${runs} r on r.id = s.run_id
       where s.shard = $1 and s.available_at <= $2::text::timestamptz
         and (r.status <> 'PAUSED' or s.status = 'RUNNING')
       order by s.available_at limit $3)
      union all
      (select id, 'run:deadline', deadline_at from ${runs}
       where shard = $1 and deadline_at <= $2::text::timestamptz and ended_at is null
       order by deadline_at limit $3)`,
);
