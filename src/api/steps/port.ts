import type { StepKey } from "../../domain/ids.ts";
import type { Json, JsonObject } from "../../domain/json.ts";
import type { StepType, StoredPlan } from "../../domain/plan/plan.ts";
import type { StepError } from "../../domain/run/outcome.ts";
import type { StepStatus } from "../../domain/run/transitions.ts";

/** A step as the page of its run shows it: sizes instead of payloads. */
export interface StepRecord {
  readonly key: StepKey;
  readonly nodeId: string;
  readonly type: StepType;
  readonly status: StepStatus;
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly availableAt: Date | null;
  readonly queuedAt: Date | null;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  readonly error: StepError | null;
  readonly waitingFor: JsonObject | null;
  /** Null: there is none. */
  readonly inputBytes: number | null;
  readonly outputBytes: number | null;
}

/** A step with its payloads, and the version that it is of. */
export interface StepDetailRecord extends StepRecord, StoredPlan {
  readonly input: Json;
  readonly output: Json;
}
