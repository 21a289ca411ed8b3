import type { LeaseToken, RunId, StepKey } from "../ids.ts";
import type { Json } from "../json.ts";
import type { PlanNode } from "../plan/plan.ts";
import type { WaitRequest } from "./waiting.ts";

/** Why an attempt failed. `code` is lower snake case and stable; `message` is for people and names the fix. */
export interface StepError {
  readonly code: string;
  readonly message: string;
  /** The call that failed, for errors of `http` steps. */
  readonly http?: { readonly status: number | null; readonly url: string; readonly method: string };
}

/** Why a run failed: the error of the step that sank it, or of the run itself (`step` null). */
export interface RunError extends StepError {
  readonly step: string | null;
  readonly attempt: number | null;
}

/** What one attempt came to. */
export type Outcome =
  | { readonly kind: "completed"; readonly output: Json; readonly input?: Json }
  | { readonly kind: "skipped" }
  /** The attempt is done, its step is not: it waits. */
  | { readonly kind: "waiting"; readonly on: WaitRequest; readonly input?: Json }
  | {
      readonly kind: "failed";
      readonly error: StepError;
      /** Whether another try could help; the policy decides whether there is one. */
      readonly retryable: boolean;
      /** The wait the other side asked for (`Retry-After`), in ms, or null. */
      readonly retryAfterMs: number | null;
      readonly input?: Json;
    };

/** The values that a step's expressions can read. Outputs of skipped and failed steps are null. */
export interface Scope {
  readonly input: Json;
  readonly steps: Readonly<Record<string, Json>>;
  readonly errors: Readonly<Record<string, StepError>>;
  /** The item whose block the step belongs to; null outside of a `foreach`. */
  readonly item: Json;
  /** Its place in the list, from 0; null outside of a `foreach`. */
  readonly index: number | null;
  readonly run: {
    readonly id: RunId;
    readonly workflow: string;
    readonly version: number;
    /** ISO 8601. */
    readonly startedAt: string;
  };
}

/** One attempt, begun and leased, on its way to a consumer: all that executing it takes. */
export interface Assignment {
  readonly runId: RunId;
  readonly stepKey: StepKey;
  readonly workflow: string;
  readonly version: number;
  /** Numbered from 1. */
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly token: LeaseToken;
  readonly node: PlanNode;
  readonly scope: Scope;
}
