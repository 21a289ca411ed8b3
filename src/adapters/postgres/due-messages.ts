import { memberOf, type QueueMessage } from "../../dispatch/queue.ts";
import type { RunId, StepKey } from "../../domain/ids.ts";
import type { PoolSource } from "./client.ts";
import { FIND_DUE } from "./lease-statements.ts";
import { query } from "./round-trip.ts";
import { rowsAs } from "./row-mapping.ts";

/** Messages one sweep puts back; the oldest come first and the next sweep finds the rest. */
const DUE_MESSAGES_MAX = 10_000;

interface DueRow {
  readonly run_id: RunId;
  readonly key: StepKey;
  readonly available_at: Date;
}

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
