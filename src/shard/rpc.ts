import type { RunResultRecord } from "../api/runs/port.ts";
import type { viewRunSummary } from "../api/runs/view.ts";
import type { LeaseToken, RunId, StepKey } from "../domain/ids.ts";
import type { Outcome } from "../domain/run/outcome.ts";
import type { RunStatus, StepStatus } from "../domain/run/transitions.ts";
import type { LedgerCounters } from "../ledger/ledger.ts";
import type { CommandReply, CommandRequest, StartReply, StartRequest } from "../ledger/request.ts";
import type { RpcResult } from "../runtime/rpc-result.ts";
import type { QueueStats } from "./dispatch/queue.ts";

/** The report of an attempt. */
export interface SettleReport {
  readonly runId: RunId;
  readonly stepKey: StepKey;
  /** Missing in the reports of consumers that a deployment of an earlier release still runs. */
  readonly attempt?: number;
  readonly token: LeaseToken;
  readonly outcome: Outcome;
}

/** A transaction that PostgreSQL did not take, with none taken since. */
export interface WriteRefusal {
  readonly at: Date;
  /** Its SQLSTATE: 53100 is a full disk, 25006 a database that is read only. */
  readonly sqlState: string;
}

/** What was counted of the runs of one workflow. */
export interface WorkflowCounters {
  readonly runsCreated: number;
  /** By the state they ended in. */
  readonly runsEnded: ReadonlyMap<RunStatus, number>;
  /** By what they came to, each attempt once: FAILED also counts those that are tried again. */
  readonly attemptsEnded: ReadonlyMap<StepStatus, number>;
  /** Failed attempts that are tried again, by the retry policy or by an operator. */
  readonly retries: number;
}

/** What a shard has counted since it woke; a restart begins at zero, as Prometheus expects of counters. */
export interface ShardCounters {
  /** By name, the first 50 that had a run since the shard woke; the others together as `_other`. */
  readonly workflows: ReadonlyMap<string, WorkflowCounters>;
  /** Results that came after their attempt had lost its lease. */
  readonly leaseLosses: number;
  /** From the begin of an attempt to its outcome. `counts` has one number a boundary and one for all above. */
  readonly stepSeconds: {
    readonly boundaries: readonly number[];
    readonly counts: readonly number[];
    readonly sum: number;
  };
}

/** State of one shard, for health and metrics. */
export interface ShardStats {
  readonly shard: number;
  /** Null when Redis does not answer. */
  readonly queue: QueueStats | null;
  readonly openAttempts: number;
  /** Live streams that are open. */
  readonly openStreams: number;
  readonly ledger: LedgerCounters;
  /** Null: PostgreSQL took the last transaction, as far as it was asked. */
  readonly writeRefusal: WriteRefusal | null;
  readonly counters: ShardCounters;
}

/** Where a client is in the changes of one shard. */
export interface ChangesCursor {
  readonly epoch: string;
  readonly number: number;
}

/** One line of the stream of changes: where it leads to, and the run that changed, or `reset` when changes were forgotten. */
export interface ChangesLine {
  readonly epoch: string;
  readonly number: number;
  readonly run?: ReturnType<typeof viewRunSummary>;
  readonly reset?: true;
}

/** What a shard answers to: the api, the consumer and the cron function call it. */
export interface ShardRpc {
  /** Makes a run. */
  start(shard: number, request: StartRequest): Promise<RpcResult<StartReply>>;
  /** Changes a run. */
  command(shard: number, request: CommandRequest): Promise<RpcResult<CommandReply>>;
  /** Brings the outcome of an attempt. */
  settle(shard: number, report: SettleReport): Promise<RpcResult<CommandReply>>;
  /** Resolves when the run has ended or the time is up, with the run as it is then; null when there is none. */
  waitForEnd(shard: number, runId: RunId, timeoutMs: number): Promise<RpcResult<RunResultRecord | null>>;
  /** The events of a run as server-sent events; null when there is no such run. */
  streamRun(shard: number, runId: RunId, after: number): Promise<RpcResult<ReadableStream<Uint8Array> | null>>;
  /** The changes of all runs of the shard, as lines of `ChangesLine`. */
  streamChanges(shard: number, after: ChangesCursor | null): Promise<ReadableStream<Uint8Array>>;
  /** Puts back on the queue what a crash or a lost queue left behind, and dispatches. */
  sweep(shard: number): Promise<RpcResult<null>>;
  stats(shard: number): Promise<ShardStats>;
}
