import type { Json, JsonObject } from "../json.ts";

/** A `wait` until an instant. */
export interface TimerWait {
  readonly kind: "timer";
  /** ISO 8601. */
  readonly until: string;
}

/** A `wait` for a signal. */
export interface SignalWait {
  readonly kind: "signal";
  readonly name: string;
  /** When it is over without one, in ISO 8601; null when it waits for ever. */
  readonly until: string | null;
  /** JSON Schema of the payload, or null when anything goes. */
  readonly schema: JsonObject | null;
}

/** Why a scope goes on no further: the error of the step that sank it. */
export interface ScopeFailure {
  readonly code: string;
  readonly message: string;
}

/** How far the items of a `foreach` have come. */
export interface ItemsProgress {
  readonly kind: "items";
  /** How many items there are. */
  readonly total: number;
  /** How many have been opened so far, in the order of the list. */
  readonly opened: number;
  /** How many are open now. */
  readonly open: number;
  /** How many an operator's retry will open again when it is their turn. */
  readonly again: number;
  readonly completed: number;
  readonly failed: number;
  /** What the outputs so far come to, in characters of JSON. */
  readonly bytes: number;
  /** Why no further item is opened; those that are open go on to their end. */
  readonly failure: ScopeFailure | null;
}

/** How far the block of an item has come. */
export interface BlockProgress {
  readonly kind: "block";
  /** How many of its steps are not done. */
  readonly unfinished: number;
  /** How many of its steps are at work. */
  readonly atWork: number;
  /** What its output comes to, in characters of JSON. */
  readonly bytes: number;
  /** Why nothing new begins in it; what is at work goes on to its end. */
  readonly failure: ScopeFailure | null;
}

/** What a WAITING step waits for. */
export type WaitingFor = TimerWait | SignalWait | ItemsProgress | BlockProgress;

/** What an attempt found that its step must wait for. */
export type WaitRequest =
  | TimerWait
  | SignalWait
  | {
      readonly kind: "items";
      /** The items, in the order of the list. */
      readonly values: readonly Json[];
    };
