import type { LeaseToken, StepKey } from "../ids.ts";
import type { Json } from "../json.ts";
import type { Target } from "../target.ts";
import type { Outcome } from "./outcome.ts";
import type { RunStatus } from "./transitions.ts";

/**
 * Someone or something that changes a run: `system`, `consumer`, `key:<name of an API key>`, or `link:<key of a step>`
 * for whoever used a signed address that the step made.
 */
export type Actor = string;

/**
 * Says that something may be due. What it does follows from the state: begins an attempt, expires a lease, fires a
 * timer, goes on with a `foreach`, ends a run that is out of time.
 */
export interface WakeCommand {
  readonly type: "wake";
  readonly target: Target;
}

/** Brings the outcome of an attempt. */
export interface SettleCommand {
  readonly type: "settle";
  readonly stepKey: StepKey;
  /** Number of the attempt that reports; a late one is not the step's current attempt. Null: not told. */
  readonly attempt: number | null;
  readonly token: LeaseToken;
  readonly outcome: Outcome;
}

/** Brings what a `wait` step waits for, now or later. */
export interface SignalCommand {
  readonly type: "signal";
  readonly name: string;
  /** A second signal of the run with the same name and key counts for nothing. */
  readonly idempotencyKey: string;
  readonly payload: Json;
  readonly actor: Actor;
}

/** Ends the run now; attempts that run lose their lease. */
export interface CancelCommand {
  readonly type: "cancel";
  readonly actor: Actor;
  readonly reason: string | null;
}

/** Lets attempts that run finish and begins no other. */
export interface PauseCommand {
  readonly type: "pause";
  readonly actor: Actor;
  readonly reason: string | null;
}

/** Goes on after a pause. */
export interface ResumeCommand {
  readonly type: "resume";
  readonly actor: Actor;
}

/** Lets a failed run go on from what failed, or from `from`: it and all that depends on it run again. */
export interface RetryCommand {
  readonly type: "retry";
  readonly actor: Actor;
  readonly from: StepKey | null;
  /** A new input for the run; undefined keeps the old one. */
  readonly input?: Json;
}

/** A change to an existing run. (A `start` makes one: `startRun`.) */
export type Command =
  | WakeCommand
  | SettleCommand
  | SignalCommand
  | CancelCommand
  | PauseCommand
  | ResumeCommand
  | RetryCommand;

/** Why a queue message led to nothing. */
export type WakeRefusal = Hindrance | "unknown_step" | "no_deadline" | "no_room";

/** Why a step may not begin. */
export type Hindrance =
  | "run_ended"
  | "run_paused"
  | "run_failing"
  /** The item it belongs to is failing, or has ended. */
  | "scope_failing"
  | "not_ready"
  | "not_due"
  | "leased"
  | "waiting"
  | "step_done";

/** One problem of a value against its schema. `path` is a JSON Pointer. */
export interface ValueIssue {
  readonly path: string;
  readonly message: string;
}

/** What a command came to. Refusals are values: they change nothing but, for `lease_lost`, the audit log. */
export type Reply =
  | { readonly kind: "applied" }
  /** A signal that was there already. */
  | { readonly kind: "already_received" }
  | { readonly kind: "lease_expired" }
  | { readonly kind: "lease_lost" }
  | { readonly kind: "wake_refused"; readonly reason: WakeRefusal }
  | { readonly kind: "conflict"; readonly status: RunStatus; readonly detail: string }
  | { readonly kind: "unknown_step"; readonly stepKey: StepKey }
  /** No step of the workflow waits for a signal of this name; `names` are those that some step waits for. */
  | { readonly kind: "unknown_signal"; readonly names: readonly string[] }
  | { readonly kind: "invalid_payload"; readonly issues: readonly ValueIssue[] };
