import { memberOf, type QueueMessage } from "../../dispatch/queue.ts";
import type { RunId, StepKey } from "../../domain/ids.ts";
import type { PoolSource } from "./client.ts";
import { FIND_DUE, FIND_STRAYED } from "./lease-statements.ts";
import { query } from "./round-trip.ts";
import { rowsAs } from "./row-mapping.ts";

/** Messages one sweep puts back; the oldest come first and the next sweep finds the rest. */
const DUE_MESSAGES_MAX = 10_000;

interface StepRow {
  readonly run_id: RunId;
  readonly key: StepKey;
}

interface DueRow extends StepRow {
  readonly available_at: Date;
}

/**
 * Clocks of two machines differ by less than this, and the instants of a transaction that commits just now may lie a
 * little ahead: neither is a clock that moved.
 */
const CLOCK_SKEW_MS = 2_000;

/**
 * Finds what should be on a shard's queue: steps and deadlines that are due, or will be soon.
 *
 * @param source - Connections.
 * @param shard - The shard's number.
 * @param until - How far to look ahead.
 * @returns Messages, the oldest first.
 */
export async function findDueMessages(
  source: PoolSource,
  shard: number,
  until: Date,
): Promise<readonly QueueMessage[]> {
  const rows = rowsAs<DueRow>(await query(source, FIND_DUE, [shard, until.toISOString(), DUE_MESSAGES_MAX]));
  return rows.map((row) => ({
    member: memberOf({ runId: row.run_id, stepKey: row.key }),
    visibleAt: row.available_at,
  }));
}

/**
 * Finds steps and deadlines of a shard that wait too long because the clock moved back since their waits were set.
 *
 * @param source - Connections.
 * @param shard - The shard's number.
 * @param clock - The instant, and how long a lease lasts.
 * @returns Messages that are visible at once: what they stand for bounds its wait when it is looked at.
 */
export async function findStrayedMessages(
  source: PoolSource,
  shard: number,
  { now, leaseMs }: { readonly now: Date; readonly leaseMs: number },
): Promise<readonly QueueMessage[]> {
  const latest = new Date(now.getTime() + CLOCK_SKEW_MS);
  const leaseEnd = new Date(latest.getTime() + leaseMs);
  const params = [shard, latest.toISOString(), leaseEnd.toISOString(), DUE_MESSAGES_MAX];
  const rows = rowsAs<StepRow>(await query(source, FIND_STRAYED, params));
  return rows.map((row) => ({ member: memberOf({ runId: row.run_id, stepKey: row.key }), visibleAt: now }));
}
