import { InvariantError } from "../../domain/errors.ts";
import type { LeaseToken, RunId, StepKey, WorkflowName } from "../../domain/ids.ts";
import type { Json } from "../../domain/json.ts";
import type { StepType } from "../../domain/plan/plan.ts";
import type { StepCounts } from "../../domain/run/counts.ts";
import type { RunError, StepError } from "../../domain/run/outcome.ts";
import type { Hold, Run, RunPhase } from "../../domain/run/run.ts";
import type { Step } from "../../domain/run/step.ts";
import type { RunStatus, StepStatus } from "../../domain/run/transitions.ts";
import type { WaitingFor } from "../../domain/run/waiting.ts";
import type { RunMail } from "../../ledger/ports.ts";

/** A row of `runs` as the ledger loads it: without payloads, the hash in hex. */
export interface RunRow {
  readonly id: RunId;
  readonly workflow: WorkflowName;
  readonly version: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly status: RunStatus;
  readonly counts: StepCounts;
  readonly failure: RunError | null;
  readonly phase: RunPhase;
  readonly hold: Hold | null;
  readonly event_seq: number;
  readonly event_hash: string;
  readonly created_at: Date;
  readonly started_at: Date | null;
  readonly ended_at: Date | null;
  readonly deadline_at: Date | null;
}

/** A row of `steps` as the ledger loads it: without payloads. */
export interface StepRow {
  readonly run_id: RunId;
  readonly key: StepKey;
  readonly node_id: string;
  readonly type: StepType;
  readonly position: number;
  readonly status: StepStatus;
  readonly attempt: number;
  readonly max_attempts: number;
  readonly pending_needs: number;
  readonly lease_token: LeaseToken | null;
  readonly available_at: Date | null;
  readonly queued_at: Date | null;
  readonly started_at: Date | null;
  readonly ended_at: Date | null;
  readonly error: StepError | null;
  readonly waiting_for: WaitingFor | null;
}

/** A row of `signals` as the ledger loads it. */
export interface MailRow {
  readonly run_id: RunId;
  readonly name: string;
  readonly idempotency_key: string;
  readonly payload: Json;
  readonly actor: string;
  readonly received_at: Date;
  readonly taken_by: StepKey | null;
}

/**
 * Gives the columns that the ledger loads a type. The statements select exactly the columns of the row types above,
 * and the ledger is their only writer.
 *
 * @param rows - Rows as the driver gives them.
 * @returns The same rows.
 */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller says which columns its statement selects
export function rowsAs<Row>(rows: readonly unknown[]): readonly Row[] {
  return rows as readonly Row[];
}

/**
 * Makes a run of its row.
 *
 * @param row - A row of `runs`.
 * @returns The run, in the arm of its status.
 * @throws InvariantError when the row lacks what its status demands.
 */
export function runOf(row: RunRow): Run {
  const base = {
    id: row.id,
    workflow: row.workflow,
    version: row.version,
    labels: row.labels,
    createdAt: row.created_at,
    startedAt: row.started_at,
    deadlineAt: row.deadline_at,
    counts: row.counts,
    head: { seq: row.event_seq, hash: row.event_hash },
  };
  const { status } = row;
  switch (status) {
    case "COMPLETED":
    case "CANCELED":
      return { ...base, status, endedAt: present(row.ended_at, row.id, "ended_at") };
    case "FAILED": {
      const failure = present(row.failure, row.id, "failure");
      return { ...base, status, failure, endedAt: present(row.ended_at, row.id, "ended_at") };
    }
    case "PENDING":
    case "RUNNING":
    case "RETRYING":
    case "WAITING":
    case "PAUSED":
    case "COMPENSATING":
      return { ...base, status, failure: row.failure, ...phaseAndHold(row) };
  }
}

/** A Worker of an earlier release, while it is replaced, writes a pause and a failure without them. */
function phaseAndHold({ status, phase, failure, hold }: RunRow): {
  readonly phase: RunPhase;
  readonly hold: Hold | null;
} {
  return {
    phase: failure === null ? phase : "failing",
    hold: status === "PAUSED" ? (hold ?? { actor: "system", reason: null }) : hold,
  };
}

/**
 * Makes a step of its row.
 *
 * @param row - A row of `steps`.
 * @returns The step, in the arm of its status.
 * @throws InvariantError when the row lacks what its status demands.
 */
export function stepOf(row: StepRow): Step {
  const base = {
    runId: row.run_id,
    key: row.key,
    nodeId: row.node_id,
    type: row.type,
    position: row.position,
    attempt: row.attempt,
    maxAttempts: row.max_attempts,
    token: row.lease_token,
    queuedAt: row.queued_at,
    startedAt: row.started_at,
    error: row.error,
    waitingFor: row.waiting_for,
  };
  const { status } = row;
  switch (status) {
    case "PENDING":
      return { ...base, status, pendingNeeds: row.pending_needs };
    case "RUNNING":
      return {
        ...base,
        status,
        token: present(row.lease_token, row.key, "lease_token"),
        startedAt: present(row.started_at, row.key, "started_at"),
        leaseExpiresAt: present(row.available_at, row.key, "available_at"),
      };
    case "RETRYING":
      return {
        ...base,
        status,
        error: present(row.error, row.key, "error"),
        failedAt: row.ended_at,
        dueAt: present(row.available_at, row.key, "available_at"),
      };
    case "WAITING":
      return {
        ...base,
        status,
        startedAt: present(row.started_at, row.key, "started_at"),
        waitingFor: present(row.waiting_for, row.key, "waiting_for"),
        dueAt: row.available_at,
      };
    case "FAILED": {
      const error = present(row.error, row.key, "error");
      return { ...base, status, error, endedAt: present(row.ended_at, row.key, "ended_at") };
    }
    case "COMPLETED":
    case "SKIPPED":
    case "CANCELED":
      return { ...base, status, endedAt: present(row.ended_at, row.key, "ended_at") };
  }
}

/**
 * Makes a signal of its row.
 *
 * @param row - A row of `signals`.
 * @returns The signal.
 */
export function mailOf(row: MailRow): RunMail {
  return {
    runId: row.run_id,
    name: row.name,
    idempotencyKey: row.idempotency_key,
    payload: row.payload,
    actor: row.actor,
    receivedAt: row.received_at,
    takenBy: row.taken_by,
  };
}

function present<Value>(value: Value | null, id: string, column: string): Value {
  if (value === null) {
    throw new InvariantError(`row ${id} has no ${column} although its status demands one`);
  }
  return value;
}
