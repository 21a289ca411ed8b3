import type { LeaseToken, StepKey } from "../ids.ts";
import type { Json } from "../json.ts";
import type { Outcome } from "./outcome.ts";
import type { RunStatus } from "./transitions.ts";

/**
 * Someone or something that changes a run: `system`, `consumer`, `key:<name of an API key>`, or `link:<key of a step>`
 * for whoever used a signed address that the step made.
 */
export type Actor = string;

/** Begins an attempt of a step that a queue message says may be due. */
export interface BeginCommand {
  readonly type: "begin";
  readonly stepKey: StepKey;
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

/** Says that the run's deadline has passed. */
export interface ExpireCommand {
  readonly type: "expire";
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

/** Brings a signal; those of one name with one idempotency key count once. */
export interface SignalCommand {
  readonly type: "signal";
  readonly name: string;
  readonly idempotencyKey: string;
  readonly payload: Json;
  readonly actor: Actor;
}

/** A change to an existing run. (A `start` makes one: `startRun`.) */
export type Command =
  | BeginCommand
  | SettleCommand
  | ExpireCommand
  | CancelCommand
  | PauseCommand
  | ResumeCommand
  | RetryCommand
  | SignalCommand;

/** Why a queue message led to no attempt. */
export type BeginRefusal =
  | "run_ended"
  | "run_paused"
  | "run_failing"
  | "unknown_step"
  | "not_ready"
  | "not_due"
  | "leased"
  | "step_done"
  | "no_room";

/** One thing that is wrong with the payload of a signal. */
export interface PayloadIssue {
  /** JSON Pointer into the payload; `""` is the whole. */
  readonly path: string;
  readonly message: string;
}

/** What a command came to. Refusals are values: they change nothing but, for `lease_lost`, the audit log. */
export type Reply =
  | { readonly kind: "applied" }
  | { readonly kind: "lease_expired" }
  | { readonly kind: "lease_lost" }
  | { readonly kind: "begin_refused"; readonly reason: BeginRefusal }
  | { readonly kind: "conflict"; readonly status: RunStatus; readonly detail: string }
  | { readonly kind: "unknown_step"; readonly stepKey: StepKey }
  /** A signal that came before under the same name and key; nothing changes. */
  | { readonly kind: "replayed" }
  /** No step of the workflow waits for the signal; they wait for these. */
  | { readonly kind: "unknown_signal"; readonly names: readonly string[] }
  | { readonly kind: "invalid_payload"; readonly issues: readonly PayloadIssue[] };
