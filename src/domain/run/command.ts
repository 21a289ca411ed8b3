import type { LeaseToken, StepKey } from "../ids.ts";
import type { Json } from "../json.ts";
import type { Outcome } from "./outcome.ts";
import type { RunStatus } from "./transitions.ts";

/** Someone or something that changes a run: `system`, `consumer`, or `key:<name of an API key>`. */
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

/** A change to an existing run. (A `start` makes one: `startRun`.) */
export type Command =
  | BeginCommand
  | SettleCommand
  | ExpireCommand
  | CancelCommand
  | PauseCommand
  | ResumeCommand
  | RetryCommand;

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

/** What a command came to. Refusals are values: they change nothing but, for `lease_lost`, the audit log. */
export type Reply =
  | { readonly kind: "applied" }
  | { readonly kind: "lease_expired" }
  | { readonly kind: "lease_lost" }
  | { readonly kind: "begin_refused"; readonly reason: BeginRefusal }
  | { readonly kind: "conflict"; readonly status: RunStatus; readonly detail: string }
  | { readonly kind: "unknown_step"; readonly stepKey: StepKey };
