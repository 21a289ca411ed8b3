import type { Json, JsonObject } from "../../src/domain/json.ts";

/** Where a shard meets the world outside: each await of it that something can happen at. */
export type CallPoint = StorePoint | QueuePoint | RpcPoint;

/** Calls of a shard to PostgreSQL. */
export type StorePoint =
  | "findPlanRefs"
  | "loadPlans"
  | "open"
  | "load"
  | "save"
  | "rollback"
  | "renewLeases"
  | "findDue";

/** Calls of a shard to Redis. */
export type QueuePoint = "claim" | "write" | "hide" | "restore";

/** Calls to a shard: a client's, and the report of a consumer. */
export type RpcPoint = "client" | "settle";

/**
 * What becomes of a call.
 *
 * - `refused`: it is not done, and the caller hears so at once.
 * - `failed`: it is done, and the caller hears that it was not.
 * - `silent`: it is done, and the caller hears nothing until its deadline has passed.
 * - `vanished`: it is not done, and the caller hears nothing until its deadline has passed.
 * - `overtaken`: it is done after the caller's deadline has passed.
 * - `late`, `slow`: it arrives, or is answered, some seconds late.
 * - `locked`: PostgreSQL gives up waiting for somebody's lock.
 * - `poison`: PostgreSQL takes it for wrong.
 * - `lost before`, `lost after`: the shard is lost before it is sent, or once it is done.
 */
export type CallEffect =
  | "refused"
  | "failed"
  | "silent"
  | "vanished"
  | "overtaken"
  | "late"
  | "slow"
  | "locked"
  | "poison"
  | "lost before"
  | "lost after";

/** What becomes of the n-th call of a kind. */
export interface CallFault {
  readonly kind: "call";
  readonly point: CallPoint;
  /** From 1, counted over all copies of the shard. */
  readonly nth: number;
  readonly effect: CallEffect;
}

/**
 * What becomes of the n-th invocation of a consumer, counted from 1.
 *
 * - `lost before`, `lost after`: it is lost before, or after, its step was executed, and its shard hears so.
 * - `silent before`, `silent after`: likewise, and its shard never hears of it again.
 * - `repeats`: it reports twice. `tarries`: it reports a while after its step was executed.
 * - `cut off`: its shard hears that it was lost, but it goes on, and reports a while after its step was executed.
 */
export interface ConsumerFault {
  readonly kind: "consumer";
  readonly nth: number;
  readonly effect: "lost before" | "lost after" | "silent before" | "silent after" | "repeats" | "tarries" | "cut off";
}

/** What an API answers to the first calls of a step. */
export interface HttpFault {
  readonly kind: "http";
  readonly step: string;
  /** Only for items whose name ends so; null: for all. */
  readonly item: string | null;
  /** How many of the calls with one key get this answer. */
  readonly calls: number;
  readonly answer: "503" | "429" | "404" | "broken" | "hangs" | "slow";
}

/** What happens by itself at an instant. */
export interface WorldFault {
  readonly kind: "world";
  readonly atMs: number;
  readonly event:
    | { readonly type: "flush" | "lose messages" | "repeat messages" | "kill" | "overlap" }
    | { readonly type: "delay messages"; readonly ms: number }
    /** The clocks of all machines are set to another time. */
    | { readonly type: "set clocks"; readonly ms: number }
    /** A session beside the shards locks a run for a time. */
    | { readonly type: "lock"; readonly start: number; readonly ms: number };
}

/** Something that goes wrong. */
export type Fault = CallFault | ConsumerFault | HttpFault | WorldFault;

/** Somebody starts a run. */
export interface StartCommand {
  readonly type: "start";
  readonly atMs: number;
  /** Its number, by which operators know its run. */
  readonly start: number;
  /** Index of the recipe. */
  readonly recipe: number;
  /** With a key the client asks again until it has an answer. */
  readonly key: string | null;
  readonly input: Json;
}

/** Somebody changes the run that a start made; a `retry` waits until it has ended. */
export type OperatorCommand = { readonly atMs: number; readonly start: number } & (
  | { readonly type: "cancel" | "pause" | "resume" }
  | { readonly type: "signal"; readonly name: string; readonly key: string; readonly payload: Json }
  | { readonly type: "retry"; readonly from: string | null; readonly input: Json | undefined }
);

/** What clients do. */
export type ClientCommand = StartCommand | OperatorCommand;

/** How shards are set up. */
export interface ShardSetup {
  readonly concurrency: number;
  readonly callsInTurnMax: number;
  readonly computingMax: number;
}

/** All that one life of the engine is made of: the same schedule is the same life. */
export interface Schedule {
  /** Decides how long everything takes. */
  readonly seed: number;
  /** As their authors wrote them, in the order of their indexes. */
  readonly recipes: readonly JsonObject[];
  readonly commands: readonly ClientCommand[];
  readonly faults: readonly Fault[];
  readonly setup: ShardSetup;
  /**
   * Whether the cron sweeps. Without it, nothing heals what a lost shard or a lost queue leaves behind, so there are no
   * such faults; and whatever the engine forgets by itself stays forgotten.
   */
  readonly hasSweeps: boolean;
  /** Whether operators resume in the end what is paused, and send the signals that runs still wait for. */
  readonly isResumed: boolean;
}
