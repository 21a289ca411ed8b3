import type { RunId, StepKey } from "../../domain/ids.ts";
import type { JsonObject } from "../../domain/json.ts";
import type { Actor } from "../../domain/run/command.ts";
import type { RunStatus } from "../../domain/run/transitions.ts";

/** A signal that steps of a workflow wait for. */
export interface DeclaredSignal {
  readonly name: string;
  /** JSON Schema of its payload; null when anything goes. */
  readonly schema: JsonObject | null;
}

/** A step that waits for a signal now. */
export interface SignalWait {
  readonly stepKey: StepKey;
  readonly since: Date | null;
  /** When it stops waiting; null: it waits as long as it takes. */
  readonly until: Date | null;
  readonly schema: JsonObject | null;
}

/** A run as who is asked for a signal sees it. */
export interface SignalRecord {
  readonly workflow: string;
  readonly status: RunStatus;
  readonly startedBy: Actor;
  readonly startedAt: Date;
  /** What the steps of its recipe wait for, in the order of the recipe. */
  readonly declared: readonly DeclaredSignal[];
  /** The step that has waited longest for the signal; null when none does. */
  readonly wait: SignalWait | null;
  /** Whether the steps that wait for the signal are all done, so that nothing will take it any more. */
  readonly isPast: boolean;
  /** When a signal with the idempotency key came; null: none has. */
  readonly answeredAt: Date | null;
}

/** What the API reads about signals. Every method throws `UnavailableError` when PostgreSQL cannot be reached in time. */
export interface SignalReads {
  /** What is asked of a run under the name of a signal, or null when there is no such run. */
  findWaitingSignal(runId: RunId, name: string, idempotencyKey: string): Promise<SignalRecord | null>;
}
