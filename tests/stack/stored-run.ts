import type postgres from "postgres";
import { type RunRow, rowsAs, runOf } from "../../src/adapters/postgres/row-mapping.ts";
import type { RunId, StepKey } from "../../src/domain/ids.ts";
import type { Event, EventDraft } from "../../src/domain/run/event.ts";
import type { Run } from "../../src/domain/run/run.ts";
import type { StepStatus } from "../../src/domain/run/transitions.ts";
import type { WaitingFor } from "../../src/domain/run/waiting.ts";

/** A step as its row says. */
export interface StoredStep {
  readonly run_id: RunId;
  readonly key: StepKey;
  readonly type: string;
  readonly status: StepStatus;
  readonly attempt: number;
  readonly pending_needs: number;
  readonly waiting_for: WaitingFor | null;
}

/** A run as PostgreSQL has it, read past the API. */
export interface StoredRun {
  readonly run: Run;
  readonly steps: readonly StoredStep[];
  /** In the order of `seq`. */
  readonly events: readonly Event[];
}

type EventRow = EventDraft & {
  readonly run_id: RunId;
  readonly seq: number;
  readonly prev_hash: string;
  readonly hash: string;
};

/**
 * Who has waited this long, in ms, has probably waited for a deadline: a statement may take ten seconds, and a claim hides
 * a message as long. To be compared with single waits, as a whole takes the longer the busier the machine is.
 */
export const DEADLINE_WAIT_MS = 9_000;

/**
 * Finds the longest time in which nothing happened to a run.
 *
 * @param runs - Runs with their logs.
 * @param askedAtMs - An instant from which all of them were waited for; left out, they are from their first event on.
 * @returns The time, in ms; 0 when there is none.
 */
export function longestWaitMs(runs: readonly StoredRun[], askedAtMs = Infinity): number {
  const waitsMs = runs.flatMap(({ events }) => {
    const atMs = events.map(({ at }) => at.getTime());
    return atMs.map((ms, index) => ms - (atMs[index - 1] ?? Math.min(ms, askedAtMs)));
  });
  return Math.max(0, ...waitsMs);
}

/**
 * Reads runs whole.
 *
 * @param sql - Connections.
 * @param ids - Ids of runs.
 * @returns The runs there are, in the order of their ids.
 */
export async function readRuns(
  sql: ReturnType<typeof postgres>,
  ids: readonly string[],
): Promise<readonly StoredRun[]> {
  const wanted = sql(ids);
  const runs = rowsAs<RunRow>(
    await sql`
    select id, workflow, version, labels, status, counts, failure, phase, hold, event_seq,
      encode(event_hash, 'hex') as event_hash, created_at, started_at, ended_at, deadline_at
    from runs where id in ${wanted} order by id`,
  );
  const steps = rowsAs<StoredStep>(
    await sql`
    select run_id, key, type, status, attempt, pending_needs, waiting_for from steps
    where run_id in ${wanted} order by run_id, position`,
  );
  const events = rowsAs<EventRow>(
    await sql`
    select run_id, seq, at, type, step_key as step, attempt, from_status as from, to_status as to, actor, data,
      encode(prev_hash, 'hex') as prev_hash, encode(hash, 'hex') as hash
    from events where run_id in ${wanted} order by run_id, seq`,
  );
  const stepsOf = Map.groupBy(steps, (step) => step.run_id);
  const eventsOf = Map.groupBy(events, (event) => event.run_id);
  return runs.map((row) => ({
    run: runOf(row),
    steps: stepsOf.get(row.id) ?? [],
    events: (eventsOf.get(row.id) ?? []).map(eventOf),
  }));
}

function eventOf({ run_id: runId, prev_hash: prevHash, ...rest }: EventRow): Event {
  return { ...rest, runId, prevHash };
}
