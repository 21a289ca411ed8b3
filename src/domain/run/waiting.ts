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

/** What an attempt found that its step must wait for. */
export type WaitRequest =
  | TimerWait
  | SignalWait
  | {
      readonly kind: "items";
      /** The items, in the order of the list. */
      readonly values: readonly Json[];
    };
