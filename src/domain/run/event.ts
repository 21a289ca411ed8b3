import type { RunId, StepKey } from "../ids.ts";
import type { JsonObject } from "../json.ts";
import type { RunStatus, StepStatus } from "./transitions.ts";

/** Types of events of the run itself. */
export type RunEventType =
  | "RUN_CREATED"
  | "RUN_STARTED"
  | "RUN_RUNNING"
  | "RUN_RETRYING"
  | "RUN_WAITING"
  | "RUN_PAUSED"
  | "RUN_RESUMED"
  | "RUN_RETRIED"
  | "SIGNAL_RECEIVED"
  | "RUN_COMPLETED"
  | "RUN_FAILED"
  | "RUN_CANCELED";

/** Types of events of one step. */
export type StepEventType =
  | "STEP_STARTED"
  | "STEP_COMPLETED"
  | "STEP_FAILED"
  | "STEP_RETRYING"
  | "STEP_WAITING"
  | "STEP_SKIPPED"
  | "STEP_CANCELED"
  | "STEP_RESET"
  | "LATE_RESULT";

interface EventBase {
  readonly at: Date;
  /** Who caused it: `system`, `consumer`, `key:<name of an API key>`, or `link:<key of the step that made an address>`. */
  readonly actor: string;
  readonly data: JsonObject;
}

/** An event of the run itself, not yet numbered. */
export interface RunEventDraft extends EventBase {
  readonly type: RunEventType;
  readonly step: null;
  readonly attempt: null;
  readonly from: RunStatus | null;
  readonly to: RunStatus | null;
}

/** An event of one step, not yet numbered. `from` and `to` are null where it is no transition. */
export interface StepEventDraft extends EventBase {
  readonly type: StepEventType;
  readonly step: StepKey;
  readonly attempt: number;
  readonly from: StepStatus | null;
  readonly to: StepStatus | null;
}

/** An entry of the audit log before it is numbered and chained. */
export type EventDraft = RunEventDraft | StepEventDraft;

/** An entry of the audit log of a run. `hash` covers everything else, `prevHash` is the hash of the entry before. */
export type Event = EventDraft & {
  readonly runId: RunId;
  /** Numbered from 1 without gaps. */
  readonly seq: number;
  readonly prevHash: string;
  readonly hash: string;
};
