import type { RunResultRecord } from "../api/runs/port.ts";
import type { LeaseToken, RunId, StepKey } from "../domain/ids.ts";
import type { Outcome } from "../domain/run/outcome.ts";
import type { LedgerCounters } from "../ledger/ledger.ts";
import type { CommandReply, CommandRequest, StartReply, StartRequest } from "../ledger/request.ts";
import type { ShardCounters } from "./counters.ts";
import type { QueueStats } from "./dispatch/queue.ts";
import type { ChangesCursor } from "./streams/changes-stream.ts";
import type { WriteRefusal } from "./write-watch.ts";

/** An answer over RPC. Exceptions lose their fields on the way between isolates, so what is expected is a value. */
export type RpcResult<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly code: string; readonly message: string };

/** The report of an attempt. */
export interface SettleReport {
  readonly runId: RunId;
  readonly stepKey: StepKey;
  /** Missing in the reports of consumers that a deployment of an earlier release still runs. */
  readonly attempt?: number;
  readonly token: LeaseToken;
  readonly outcome: Outcome;
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
