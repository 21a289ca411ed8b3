import type { StepKey } from "../ids.ts";
import type { Json } from "../json.ts";
import type { PlanIndex } from "../plan/plan-index.ts";
import type { Reply } from "./command.ts";
import type { EventDraft } from "./event.ts";
import type { Run } from "./run.ts";
import type { RunningStep, Step } from "./step.ts";

/** Everything a decision depends on besides the state and the command. */
export interface DecideContext {
  readonly plan: PlanIndex;
  readonly now: Date;
  /** Random text, new for each command: lease tokens are made from it. */
  readonly seed: string;
  /** A random number from 0 (inclusive) to 1, new for each command: the jitter. */
  readonly fraction: number;
  /** How many attempts may be begun. */
  readonly room: number;
  readonly leaseMs: number;
}

/** What is stored beside a step when its attempt settles. */
export interface StepPayload {
  readonly output?: Json;
  readonly input?: Json;
}

/** What a command changes: the ledger saves the rows and events, then puts the messages on the queue. */
export interface Decision {
  readonly kind: "decided";
  readonly reply: Reply;
  readonly run: Run;
  /** Steps that changed, as they are now. */
  readonly steps: ReadonlyMap<StepKey, Step>;
  readonly payloads: ReadonlyMap<StepKey, StepPayload>;
  /** The run's new input, where the command replaces it. */
  readonly input?: Json;
  readonly events: readonly EventDraft[];
  /** Queue messages by step: the instant each becomes visible, or null to take it off the queue. */
  readonly messages: ReadonlyMap<StepKey, Date | null>;
  /** Attempts that this decision began: their assignments go to consumers after the commit. */
  readonly begun: readonly RunningStep[];
}

/** The command concerns steps that were not loaded: load all steps of the run and decide again. */
export interface Incomplete {
  readonly kind: "incomplete";
}
