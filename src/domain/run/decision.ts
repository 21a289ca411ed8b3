import type { StepKey } from "../ids.ts";
import type { Json, JsonObject } from "../json.ts";
import type { PlanIndex } from "../plan/plan-index.ts";
import type { Reply, ValueIssue } from "./command.ts";
import type { StepQuery } from "./concerns.ts";
import type { EventDraft } from "./event.ts";
import type { Mail } from "./mailbox.ts";
import type { Run } from "./run.ts";
import type { RunningStep, Step } from "./step.ts";

/** Says whether there is room for what an attempt needs: all of it or nothing. */
export interface Admission {
  /** How many attempts may be begun. */
  readonly room: number;
}

/**
 * Checks a value against a JSON Schema and fills in defaults.
 *
 * @param schema - The schema; null lets anything pass.
 */
export type CheckValue = (
  schema: JsonObject | null,
  value: Json,
) => { readonly ok: true; readonly input: Json } | { readonly ok: false; readonly issues: readonly ValueIssue[] };

/** Everything a decision depends on besides the state and the command. */
export interface DecideContext {
  readonly plan: PlanIndex;
  readonly now: Date;
  /** Random text, new for each command: lease tokens are made from it. */
  readonly seed: string;
  /** A random number from 0 (inclusive) to 1, new for each command: the jitter. */
  readonly fraction: number;
  readonly admission: Admission;
  readonly leaseMs: number;
  readonly checkValue: CheckValue;
}

/** What is stored beside a step. */
export interface StepPayload {
  readonly output?: Json;
  readonly input?: Json;
  /** The output is the list of what the items came to; of each it is the output of the step of this node. */
  readonly gather?: string;
}

/** What a command changes: the ledger saves the rows and events, then puts the messages on the queue. */
export interface Decision {
  readonly kind: "decided";
  readonly reply: Reply;
  readonly run: Run;
  /** Steps that are new or have changed, as they are now. */
  readonly steps: ReadonlyMap<StepKey, Step>;
  /** Those of them that are new. */
  readonly created: ReadonlySet<StepKey>;
  /** `foreach` steps whose items, and all they hold, are taken away. */
  readonly emptied: ReadonlySet<StepKey>;
  readonly payloads: ReadonlyMap<StepKey, StepPayload>;
  /** The values of the items of `foreach` steps. */
  readonly items: ReadonlyMap<StepKey, readonly Json[]>;
  /** Signals that came or were taken. */
  readonly mail: readonly Mail[];
  /** The run's new input, where the command replaces it. */
  readonly input?: Json;
  readonly events: readonly EventDraft[];
  /** Queue messages by the text of their target: the instant each becomes visible, or null to take it off the queue. */
  readonly messages: ReadonlyMap<string, Date | null>;
  /** Attempts that this decision began: their assignments go to consumers after the commit. */
  readonly begun: readonly RunningStep[];
}

/** The command concerns rows that were not loaded: load these too and decide again. */
export interface Incomplete {
  readonly kind: "incomplete";
  readonly query: StepQuery;
}
