import type { RunId } from "../../domain/ids.ts";
import { messageOf } from "../../domain/target.ts";
import type { DueMessage, DueMessages } from "../../shard/dispatch/ports.ts";
import type { PoolSource } from "./client.ts";
import { FIND_DUE, FIND_STRAYED } from "./lease-statements.ts";
import { query } from "./round-trip.ts";
import { rowsAs } from "./row-mapping.ts";

/** Messages one sweep puts back; the oldest come first and the next sweep finds the rest. */
const DUE_MESSAGES_MAX = 10_000;

interface StepRow {
  readonly run_id: RunId;
  /** Text of the target: a step's key, or the deadline's. */
  readonly key: string;
  readonly needs_place: boolean;
}

interface DueRow extends StepRow {
  readonly available_at: Date;
}

/**
 * Clocks of two machines differ by less than this, and the instants of a transaction that commits just now may lie a
 * little ahead: neither is a clock that moved.
 */
const CLOCK_SKEW_MS = 2_000;

/** What a sweep looks for. */
export interface SweepRequest {
  readonly shard: number;
  readonly now: Date;
  /** How far to look ahead. */
  readonly until: Date;
  readonly leaseMs: number;
}

/**
 * Finds what should be on a shard's queue, in one round trip.
 *
 * @param source - Connections.
 * @param request - Which shard, and when.
 * @returns Steps and deadlines that are due, or will be soon, the oldest first; and those that wait too long because the
 *   clock moved back since their waits were set, to be looked at now.
 */
export async function findDueMessages(source: PoolSource, request: SweepRequest): Promise<DueMessages> {
  const { shard, now, until, leaseMs } = request;
  const latest = new Date(now.getTime() + CLOCK_SKEW_MS);
  const leaseEnd = new Date(latest.getTime() + leaseMs);
  const [due = [], strayed = []] = await query(source, [
    { prepared: FIND_DUE, params: [shard, until.toISOString(), DUE_MESSAGES_MAX] },
    { prepared: FIND_STRAYED, params: [shard, latest.toISOString(), leaseEnd.toISOString(), DUE_MESSAGES_MAX] },
  ]);
  return {
    due: rowsAs<DueRow>(due).map((row) => dueMessageOf(row, row.available_at)),
    strayed: rowsAs<StepRow>(strayed).map((row) => dueMessageOf(row, now)),
  };
}

function dueMessageOf({ run_id: runId, key: target, needs_place: needsPlace }: StepRow, visibleAt: Date): DueMessage {
  return { member: messageOf({ runId, target }), visibleAt, needsPlace };
}
