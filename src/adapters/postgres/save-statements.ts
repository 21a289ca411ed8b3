import { sql } from "drizzle-orm";
import { shardOfRun } from "../../domain/ids.ts";
import { containerOf } from "../../domain/path.ts";
import type { Event } from "../../domain/run/event.ts";
import type { Run } from "../../domain/run/run.ts";
import { isActive } from "../../domain/run/run.ts";
import { dueAtOf, type Step } from "../../domain/run/step.ts";
import type { ChangedRun, NewRun, SaveRequest } from "../../ledger/ports.ts";
import { events } from "./schema/events.ts";
import { runs } from "./schema/runs.ts";
import { steps } from "./schema/steps.ts";
import { statement } from "./statement.ts";

/**
 * Payloads travel as JSON text inside the JSON of the rows and are stored as `json`, not `jsonb`: so any JSON survives
 * as written, U+0000 and lone surrogates as escapes.
 */

/** Inserts runs. `$1`: JSON array of rows. */
export const INSERT_RUNS = statement(
  sql`insert into ${runs} (id, workflow, version, shard, status, input, labels, idempotency_key, request_hash,
        rerun_of, counts, failure, phase, hold, event_seq, event_hash, created_at, started_at, ended_at, deadline_at)
      select id, workflow, version, shard, status, input::json, labels, idempotency_key, request_hash, rerun_of,
        counts, failure, phase, hold, event_seq, decode(event_hash, 'hex'), created_at, started_at, ended_at, deadline_at
      from json_to_recordset($1::json) as r(id uuid, workflow text, version integer, shard integer, status text,
        input text, labels jsonb, idempotency_key text, request_hash text, rerun_of uuid, counts json, failure json,
        phase text, hold json, event_seq integer, event_hash text, created_at timestamptz, started_at timestamptz, ended_at timestamptz,
        deadline_at timestamptz)`,
);

/** Updates runs. `$1`: JSON array of rows; a null input keeps the old one. */
export const UPDATE_RUNS = statement(
  sql`update ${runs} set status = r.status, counts = r.counts, failure = r.failure, phase = r.phase, hold = r.hold,
        event_seq = r.event_seq,
        event_hash = decode(r.event_hash, 'hex'), started_at = r.started_at, ended_at = r.ended_at,
        deadline_at = r.deadline_at, input = coalesce(r.input::json, runs.input)
      from json_to_recordset($1::json) as r(id uuid, status text, counts json, failure json, phase text, hold json,
        event_seq integer,
        event_hash text, started_at timestamptz, ended_at timestamptz, deadline_at timestamptz, input text)
      where runs.id = r.id`,
);

/** Inserts steps. `$1`: JSON array of rows. */
export const INSERT_STEPS = statement(
  sql`insert into ${steps} (run_id, key, node_id, type, scope, position, shard, status, attempt, max_attempts,
        pending_needs, lease_token, available_at, queued_at, started_at, ended_at, error, waiting_for)
      select run_id, key, node_id, type, scope, position, shard, status, attempt, max_attempts, pending_needs,
        lease_token, available_at, queued_at, started_at, ended_at, error, waiting_for
      from json_to_recordset($1::json) as r(run_id uuid, key text, node_id text, type text, scope text,
        position integer, shard integer, status text, attempt integer, max_attempts integer, pending_needs integer, lease_token text,
        available_at timestamptz, queued_at timestamptz, started_at timestamptz, ended_at timestamptz, error json,
        waiting_for json)`,
);

/** Updates steps. `$1`: JSON array of rows; a null input or output keeps the old one. */
export const UPDATE_STEPS = statement(
  sql`update ${steps} set status = r.status, attempt = r.attempt, max_attempts = r.max_attempts,
        pending_needs = r.pending_needs, lease_token = r.lease_token, available_at = r.available_at,
        queued_at = r.queued_at, started_at = r.started_at, ended_at = r.ended_at, error = r.error,
        waiting_for = r.waiting_for, output = coalesce(r.output::json, steps.output), input = coalesce(r.input::json, steps.input)
      from json_to_recordset($1::json) as r(run_id uuid, key text, status text, attempt integer, max_attempts integer,
        pending_needs integer, lease_token text, available_at timestamptz, queued_at timestamptz,
        started_at timestamptz, ended_at timestamptz, error json, waiting_for json, output text, input text)
      where steps.run_id = r.run_id and steps.key = r.key`,
);

/** Appends to the audit log. `$1`: JSON array of rows. */
export const INSERT_EVENTS = statement(
  sql`insert into ${events} (run_id, seq, at, type, step_key, attempt, from_status, to_status, actor, data, prev_hash,
        hash)
      select run_id, seq, at, type, step_key, attempt, from_status, to_status, actor, data,
        decode(prev_hash, 'hex'), decode(hash, 'hex')
      from json_to_recordset($1::json) as r(run_id uuid, seq integer, at timestamptz, type text, step_key text,
        attempt integer, from_status text, to_status text, actor text, data json, prev_hash text, hash text)`,
);

/**
 * Makes the rows of `INSERT_RUNS`.
 *
 * @param created - New runs.
 * @returns Rows for `json_to_recordset`.
 */
export function runInserts(created: readonly NewRun[]): readonly object[] {
  return created.map(({ run, seed }) => ({
    ...runColumns(run),
    workflow: run.workflow,
    version: run.version,
    shard: shardOfRun(run.id),
    input: JSON.stringify(seed.input),
    labels: run.labels,
    idempotency_key: seed.idempotency?.key ?? null,
    request_hash: seed.idempotency?.requestHash ?? null,
    rerun_of: seed.rerunOf,
    created_at: run.createdAt,
  }));
}

/**
 * Makes the rows of `UPDATE_RUNS`.
 *
 * @param changed - Changed runs.
 * @returns Rows for `json_to_recordset`.
 */
export function runUpdates(changed: readonly ChangedRun[]): readonly object[] {
  return changed.map(({ run, input }) => ({
    ...runColumns(run),
    input: input === undefined ? null : JSON.stringify(input),
  }));
}

function runColumns(run: Run): object {
  return {
    id: run.id,
    status: run.status,
    counts: run.counts,
    failure: isActive(run) || run.status === "FAILED" ? run.failure : null,
    phase: isActive(run) ? run.phase : "forward",
    hold: (isActive(run) ? run.hold : null) ?? undefined,
    event_seq: run.head.seq,
    event_hash: run.head.hash,
    started_at: run.startedAt,
    ended_at: isActive(run) ? null : run.endedAt,
    deadline_at: run.deadlineAt,
  };
}

/**
 * Makes the rows of `INSERT_STEPS`.
 *
 * @param request - What the transaction writes.
 * @returns Rows for `json_to_recordset`.
 */
export function stepInserts({ created, changed }: SaveRequest): readonly object[] {
  const inserted = [...created.map((one) => one.steps), ...changed.map((one) => one.created)];
  return inserted.flat().map((step) => ({
    ...stepColumns(step),
    node_id: step.nodeId,
    type: step.type,
    scope: containerOf(step.key) ?? undefined,
    position: step.position,
    shard: shardOfRun(step.runId),
  }));
}

/**
 * Makes the rows of `UPDATE_STEPS`.
 *
 * @param request - What the transaction writes.
 * @returns Rows for `json_to_recordset`.
 */
export function stepUpdates(request: SaveRequest): readonly object[] {
  const payloads = new Map(request.payloads.map((payload) => [`${payload.runId}/${payload.stepKey}`, payload]));
  return request.changed.flatMap(({ steps: changedSteps }) =>
    changedSteps.map((step) => {
      const payload = payloads.get(`${step.runId}/${step.key}`);
      return {
        ...stepColumns(step),
        output: payload?.output === undefined ? null : JSON.stringify(payload.output),
        input: payload?.input === undefined ? null : JSON.stringify(payload.input),
      };
    }),
  );
}

function stepColumns(step: Step): object {
  return {
    run_id: step.runId,
    key: step.key,
    status: step.status,
    attempt: step.attempt,
    max_attempts: step.maxAttempts,
    pending_needs: step.status === "PENDING" ? step.pendingNeeds : 0,
    lease_token: step.token,
    available_at: dueAtOf(step),
    queued_at: step.queuedAt,
    started_at: step.startedAt,
    ended_at: endOfAttempt(step),
    error: step.error,
    // Left out where there is none: PostgreSQL reads what is missing as null, and it is missing in most rows.
    waiting_for: step.waitingFor ?? undefined,
  };
}

/** When the last attempt ended: of a step that is done, and of one that waits for its next. */
function endOfAttempt(step: Step): Date | null {
  if (step.status === "RETRYING") {
    return step.failedAt;
  }
  return "endedAt" in step ? step.endedAt : null;
}

/**
 * Makes the rows of `INSERT_EVENTS`.
 *
 * @param newEvents - Chained events.
 * @returns Rows for `json_to_recordset`.
 */
export function eventInserts(newEvents: readonly Event[]): readonly object[] {
  return newEvents.map((event) => ({
    run_id: event.runId,
    seq: event.seq,
    at: event.at,
    type: event.type,
    step_key: event.step,
    attempt: event.attempt,
    from_status: event.from,
    to_status: event.to,
    actor: event.actor,
    data: event.data,
    prev_hash: event.prevHash,
    hash: event.hash,
  }));
}
