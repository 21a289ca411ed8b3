import type { RunId } from "../domain/ids.ts";
import type { Settings } from "../env.ts";
import type { CommandReply, CommandRequest, StartReply, StartRequest } from "../ledger/request.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";
import type { RpcResult } from "../runtime/rpc-result.ts";
import type { ChangesCursor, ShardStats } from "../shard/rpc.ts";
import type { ApiDatabase } from "./database.ts";
import type { RunResultRecord } from "./runs/port.ts";

/**
 * The way to the shards: each call finds the shard by itself. Every method answers in time or throws
 * `UnavailableError`; a call that failed may have been applied all the same.
 */
export interface ShardClient {
  /** Makes a run, in the shard that its id names. */
  start(request: StartRequest): Promise<RpcResult<StartReply>>;
  /** Changes a run. */
  command(request: CommandRequest): Promise<RpcResult<CommandReply>>;
  /** Resolves when the run has ended or the time is up, with the run as it is then; null when there is none. */
  waitForEnd(runId: RunId, timeoutMs: number): Promise<RpcResult<RunResultRecord | null>>;
  /** The events of a run after one, as server-sent events; null when there is no such run. */
  streamRun(runId: RunId, after: number): Promise<RpcResult<ReadableStream<Uint8Array> | null>>;
  /** The changes of a shard's runs, as lines of `ChangesLine`. */
  streamChanges(shard: number, after: ChangesCursor | null): Promise<ReadableStream<Uint8Array>>;
  stats(shard: number): Promise<ShardStats>;
}

/** What the API is made of. */
export interface ApiServices {
  readonly settings: Settings;
  readonly shards: ShardClient;
  readonly database: ApiDatabase;
  readonly now: () => Date;
  readonly after: Clock["after"];
  readonly randomBytes: (byteCount: number) => Uint8Array;
  readonly log: Log;
}
