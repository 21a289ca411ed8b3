import { sql } from "drizzle-orm";
import { runs } from "./schema/runs.ts";
import { steps } from "./schema/steps.ts";
import { statement } from "./statement.ts";

const HELD = sql.raw(`unnest($1::text::uuid[], $2::text::text[], $3::text::text[]) as held(run_id, key, token)`);

/**
 * Moves the lease end of attempts that still hold their lease; the token is the guard, so an attempt that settled or
 * lost its lease meanwhile is left alone, and so is one whose row somebody else has locked: the others must not wait
 * for it. `$1`, `$2`, `$3`: run ids, step keys and tokens, triple by triple; `$4`: the new end.
 */
export const RENEW_LEASES = statement(
  sql`update ${steps} set available_at = $4::text::timestamptz
      from (select s.run_id, s.key from ${steps} s
            join ${HELD} on s.run_id = held.run_id and s.key = held.key and s.lease_token = held.token
            where s.status = 'RUNNING' for update of s skip locked) as free
      where steps.run_id = free.run_id and steps.key = free.key`,
);

/** Gives the tokens of the attempts that hold their lease, locked or not. `$1`, `$2`, `$3`: as in `RENEW_LEASES`. */
export const FIND_HELD_LEASES = statement(
  sql`select s.lease_token as token from ${steps} s
      join ${HELD} on s.run_id = held.run_id and s.key = held.key and s.lease_token = held.token
      where s.status = 'RUNNING'`,
);

/**
 * Finds what should be on a shard's queue soon, oldest first: steps and deadlines that are due before `$2`. Paused and
 * failing runs begin nothing, but their leases still run out and their timers fire. What is no attempt to be begun needs
 * no place. `$1`: shard, `$2`: until, `$3`: limit.
 */
export const FIND_DUE = statement(
  sql`(select s.run_id, s.key, s.available_at, s.status not in ('RUNNING', 'WAITING') as needs_place
       from ${steps} s join ${runs} r on r.id = s.run_id
       where s.shard = $1 and s.available_at <= $2::text::timestamptz
         and (s.status in ('RUNNING', 'WAITING') or (r.hold is null and r.phase = 'forward'))
       order by s.available_at limit $3)
      union all
      (select id, 'run:deadline', deadline_at, false from ${runs}
       where shard = $1 and deadline_at <= $2::text::timestamptz and ended_at is null
       order by deadline_at limit $3)`,
);

/**
 * Finds waits that began after now or last longer than they can: the clock has moved back since they were set. A lease
 * lasts `$3` at most, a ready step waits for nothing, and a backoff or a deadline began when its attempt failed or its
 * run was made. `$1`: shard, `$2`: now, `$3`: now and the length of a lease, `$4`: limit.
 */
export const FIND_STRAYED = statement(
  sql`(select s.run_id, s.key, s.status not in ('RUNNING', 'WAITING') as needs_place
       from ${steps} s join ${runs} r on r.id = s.run_id
       where s.shard = $1 and s.available_at > $2::text::timestamptz
         and case s.status
           when 'RUNNING' then s.available_at > $3::text::timestamptz
           when 'PENDING' then r.hold is null and r.phase = 'forward'
           when 'RETRYING' then r.hold is null and r.phase = 'forward' and s.ended_at > $2::text::timestamptz
           when 'WAITING' then s.started_at > $2::text::timestamptz
           else false end
       limit $4)
      union all
      (select id, 'run:deadline', false from ${runs}
       where shard = $1 and deadline_at > $2::text::timestamptz and ended_at is null
         and greatest(created_at, started_at) > $2::text::timestamptz
       limit $4)`,
);
