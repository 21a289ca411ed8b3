import type { StepKey } from "../../domain/ids.ts";
import type { Json } from "../../domain/json.ts";
import type { StepType, StoredPlan } from "../../domain/plan/plan.ts";
import type { StepError } from "../../domain/run/outcome.ts";
import type { StepStatus } from "../../domain/run/transitions.ts";
import type { WaitingFor } from "../../domain/run/waiting.ts";

/** A step or an item as lists show it: sizes instead of payloads. */
export interface StepRecord {
  readonly key: StepKey;
  readonly nodeId: string;
  readonly type: StepType;
  /** Place in its block, or of an item in its list, from 0. */
  readonly position: number;
  readonly status: StepStatus;
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly availableAt: Date | null;
  readonly queuedAt: Date | null;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  readonly error: StepError | null;
  readonly waitingFor: WaitingFor | null;
  /** Null: there is none. Of an item, the size of its value. */
  readonly inputBytes: number | null;
  readonly outputBytes: number | null;
}

/** A step with its payloads, and the version that it is of. */
export interface StepDetailRecord extends StepRecord, StoredPlan {
  readonly input: Json;
  readonly output: Json;
}

/** Which steps a list shows. */
export interface StepListRequest {
  /** A `foreach`: its items. An item: its steps. Null: the recipe's own steps. */
  readonly parent: StepKey | null;
  /** Any of these; empty: any. */
  readonly statuses: readonly StepStatus[];
  readonly page: { readonly after: number | null; readonly limit: number };
}

/** Steps of a list, by their places, and the version that they are of. */
export interface StepList extends StoredPlan {
  readonly steps: readonly StepRecord[];
  /** The last place that a list by status looked at when it gave up before the page was full; more may follow. */
  readonly searchedTo: number | null;
}
