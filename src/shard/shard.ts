import { DurableObject } from "cloudflare:workers";
import type { ApiDatabase } from "../api/database.ts";
import type { RunResultRecord } from "../api/runs/port.ts";
import { BatonError } from "../domain/errors.ts";
import type { RunId } from "../domain/ids.ts";
import type { Env } from "../env.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { CommandReply, CommandRequest, StartReply, StartRequest } from "../ledger/request.ts";
import type { Clock } from "../runtime/clock.ts";
import { describeError, type Log } from "../runtime/log.ts";
import type { RpcResult } from "../runtime/rpc-result.ts";
import type { Dispatcher } from "./dispatch/dispatcher.ts";
import type { EndWaiters } from "./end-waiters.ts";
import type { ChangesCursor, SettleReport, ShardRpc, ShardStats } from "./rpc.ts";
import { openChangesStream } from "./streams/changes-stream.ts";
import type { LiveFeed } from "./streams/live-feed.ts";
import { openRunStream } from "./streams/run-stream.ts";
import type { AlarmStorage, WakeTimer } from "./wake-timer.ts";

const SHARD_KEY = "shard";

/** A stream ends before proxies lose patience with it, and before a client that is gone unnoticed costs much. */
const STREAM_MS_MAX = 24_000;

/** What a shard is made of. */
export interface ShardParts {
  readonly ledger: Ledger;
  readonly dispatcher: Dispatcher;
  readonly waiters: EndWaiters;
  readonly log: Log;
  /** Reads of the API's kind, over connections that stay open. */
  readonly database: ApiDatabase;
  readonly feed: LiveFeed;
  readonly clock: Clock;
  readonly timer: WakeTimer;
  readonly stats: () => Promise<ShardStats>;
}

/** Where a shard lives: its bindings, its number and the storage that holds its alarm. */
export interface ShardSurroundings {
  readonly env: Env;
  readonly shard: number;
  readonly storage: AlarmStorage;
}

/** Puts a shard together. Throws `MisconfiguredError` when the variables are wrong. */
export type ComposeShard = (surroundings: ShardSurroundings) => ShardParts;

/**
 * One shard: it dispatches and writes for the runs whose ids name it. It holds what cannot live across stateless
 * invocations (connections, the batch in the making, the dispatch loop) and no state that matters: kill it at any time.
 */
export class ShardObject extends DurableObject<Env> implements ShardRpc {
  readonly #compose: ComposeShard;
  #parts: ShardParts | null = null;

  constructor(state: DurableObjectState, env: Env, compose: ComposeShard) {
    super(state, env);
    this.#compose = compose;
  }

  /** Makes a run. */
  async start(shard: number, request: StartRequest): Promise<RpcResult<StartReply>> {
    const parts = this.#turn(shard);
    return answer(parts, parts.ledger.start(request));
  }

  /** Changes a run. */
  async command(shard: number, request: CommandRequest): Promise<RpcResult<CommandReply>> {
    const parts = this.#turn(shard);
    return answer(parts, parts.ledger.apply(request));
  }

  /** Brings the outcome of an attempt. */
  async settle(shard: number, report: SettleReport): Promise<RpcResult<CommandReply>> {
    const parts = this.#turn(shard);
    const { runId, stepKey, token, outcome, attempt = null } = report;
    parts.dispatcher.reporting(token);
    const result = await answer(
      parts,
      parts.ledger.apply({ type: "command", runId, command: { type: "settle", stepKey, attempt, token, outcome } }),
    );
    if (result.ok) {
      parts.dispatcher.settled(token);
    }
    return result;
  }

  /** Resolves when the run has ended or the time is up. The read takes a connection that is open already. */
  async waitForEnd(shard: number, runId: RunId, timeoutMs: number): Promise<RpcResult<RunResultRecord | null>> {
    const parts = this.#turn(shard);
    await parts.waiters.wait(runId, timeoutMs);
    return answer(parts, parts.database.runs.findResult(runId));
  }

  /** The events of a run as they are committed, after those the client has missed. */
  async streamRun(shard: number, runId: RunId, after: number): Promise<RpcResult<ReadableStream<Uint8Array> | null>> {
    const parts = this.#turn(shard);
    const found = await answer(parts, parts.database.runs.findResult(runId));
    if (!found.ok || found.value === null) {
      return found.ok ? { ok: true, value: null } : found;
    }
    const { feed, clock } = parts;
    const { status } = found.value;
    const { events } = parts.database;
    return { ok: true, value: openRunStream({ runId, after, status, events, feed, clock, lastsMs: STREAM_MS_MAX }) };
  }

  /** The changes of all runs of the shard as they are committed. */
  async streamChanges(shard: number, after: ChangesCursor | null): Promise<ReadableStream<Uint8Array>> {
    const { feed, clock } = this.#turn(shard);
    return openChangesStream({ after, feed, clock, lastsMs: STREAM_MS_MAX });
  }

  /** Puts back on the queue what was lost, and dispatches. */
  async sweep(shard: number): Promise<RpcResult<null>> {
    const parts = this.#turn(shard);
    return answer(
      parts,
      parts.dispatcher.sweep().then(() => null),
    );
  }

  /** State of the shard, for health and metrics. */
  async stats(shard: number): Promise<ShardStats> {
    return this.#turn(shard).stats();
  }

  /** Something is due. */
  override async alarm(): Promise<void> {
    const shard = await this.ctx.storage.get<number>(SHARD_KEY);
    if (shard !== undefined) {
      const { dispatcher, timer } = this.#turn(shard);
      timer.alarmFired();
      await dispatcher.wake();
    }
  }

  /** Every event from outside passes here: the first one composes the shard and sweeps, as a crash may lie before it. */
  #turn(shard: number): ShardParts {
    if (this.#parts === null) {
      this.#parts = this.#compose({ env: this.env, shard, storage: this.ctx.storage });
      // An alarm arrives without arguments; it finds the shard's number here.
      void this.ctx.storage.put(SHARD_KEY, shard);
      this.ctx.waitUntil(this.#parts.dispatcher.sweep().catch(() => undefined));
    }
    this.#parts.dispatcher.newTurn();
    return this.#parts;
  }
}

async function answer<Value>({ log }: ShardParts, work: Promise<Value>): Promise<RpcResult<Value>> {
  try {
    return { ok: true, value: await work };
  } catch (error) {
    if (error instanceof BatonError) {
      return { ok: false, code: error.code, message: error.message };
    }
    log.error("a change could not be saved", { error: describeError(error) });
    return { ok: false, code: "internal_error", message: "the change could not be saved" };
  }
}
