import type { WorkflowName } from "../ids.ts";
import type { Json, JsonObject } from "../json.ts";

/** What can be executed today. `output` is the implicit last step that computes a recipe's `output`. */
export type StepType = "http" | "transform" | "output";

/** How the wait between attempts grows. */
export type Backoff = "exponential" | "linear" | "fixed";

/** When and how often a failed attempt is tried again. `attempts` counts the first try. */
export interface RetryPolicy {
  readonly attempts: number;
  readonly delayMs: number;
  readonly backoff: Backoff;
  /** Growth per attempt of `exponential`. */
  readonly factor: number;
  readonly delayMsMax: number;
  readonly jitter: "full" | "none";
  /** Error codes that are retried; null means every retryable error. */
  readonly on: readonly string[] | null;
}

/** What an expression of a node reads, so that only that is loaded. */
export interface PlanReads {
  readonly input: boolean;
  /** Ids of steps whose output is read. */
  readonly steps: readonly string[];
  /** Ids of steps whose error is read. */
  readonly errors: readonly string[];
}

/** One step of a recipe, with every default filled in. */
export interface PlanNode {
  readonly id: string;
  readonly type: StepType;
  /** Ids that must be done first. */
  readonly needs: readonly string[];
  /** Ids that wait for this one: the inverse of `needs`. */
  readonly dependents: readonly string[];
  /** Parameters as written, expressions unresolved. */
  readonly with: JsonObject | Json;
  /** Source of the `if` expression without `${{ }}`, or null. */
  readonly if: string | null;
  readonly retry: RetryPolicy;
  readonly timeoutMs: number;
  readonly onError: "fail" | "continue";
  readonly reads: PlanReads;
}

/** A compiled recipe: what the ledger and the consumer work from. Immutable per workflow version. */
export interface Plan {
  /** Format of this compiled form; a reader refuses others. */
  readonly format: 1;
  readonly workflow: WorkflowName;
  /** In the order written; the implicit `run:output` step, if any, comes last. */
  readonly nodes: readonly PlanNode[];
  /** Id of the node whose output is the run's output. */
  readonly outputNode: string;
  /** Deadline of the whole run in ms after its start, or null. */
  readonly timeoutMs: number | null;
  /** JSON Schema (2020-12) of the run's input, or null when anything goes. */
  readonly inputSchema: JsonObject | null;
  /** Labels that every run gets. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Id and key of the implicit step that evaluates a recipe's `output`; no recipe can use it (it has a colon). */
export const OUTPUT_NODE_ID = "run:output";
