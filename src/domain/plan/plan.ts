import type { WorkflowName } from "../ids.ts";
import type { Json, JsonObject } from "../json.ts";
import type { RetryPolicy } from "../retry/policy.ts";

/** What the expressions of a node read, so that only that is loaded. */
export interface PlanReads {
  readonly input: boolean;
  /** Whether `item` or `index` is read. */
  readonly item: boolean;
  /** Ids of steps whose output is read. */
  readonly steps: readonly string[];
  /** Ids of steps whose error is read. */
  readonly errors: readonly string[];
}

/** What nodes of all types have, with every default filled in. */
export interface NodeBase {
  /** Unique in the whole recipe. */
  readonly id: string;
  /** Ids that must be done first; all of the same block. */
  readonly needs: readonly string[];
  /** Ids that wait for this one: the inverse of `needs`. */
  readonly dependents: readonly string[];
  /** Source of the `if` expression without `${{ }}`, or null. */
  readonly if: string | null;
  readonly retry: RetryPolicy;
  /** Of one attempt. */
  readonly timeoutMs: number;
  readonly onError: "fail" | "continue";
  readonly reads: PlanReads;
}

/** Calls an HTTP API. */
export interface HttpNode extends NodeBase {
  readonly type: "http";
  /** Parameters as written, expressions unresolved. */
  readonly with: JsonObject;
}

/** Computes a value. */
export interface TransformNode extends NodeBase {
  readonly type: "transform";
  /** The value as written, expressions unresolved. */
  readonly with: Json;
}

/** Computes the output of its block: the implicit last node of a block that is written with an `output`. */
export interface OutputNode extends NodeBase {
  readonly type: "output";
  /** The value as written, expressions unresolved. */
  readonly with: Json;
}

/** Waits for a time, an instant or a signal. */
export interface WaitNode extends NodeBase {
  readonly type: "wait";
  readonly with: WaitParameters;
}

/** What a `wait` waits for. Durations and instants are as written, and may hold expressions; names of signals do not. */
export type WaitParameters =
  | { readonly kind: "for"; readonly duration: string }
  | { readonly kind: "until"; readonly instant: string }
  | {
      readonly kind: "signal";
      readonly name: string;
      /** How long to wait at most; null: for ever. */
      readonly timeout: string | null;
      /** JSON Schema (2020-12) of the payload, or null when anything goes. */
      readonly schema: JsonObject | null;
    };

/** Runs a block for each item of a list. */
export interface ForeachNode extends NodeBase {
  readonly type: "foreach";
  /** The list as written, expressions unresolved. */
  readonly with: Json;
  /** How many items may be open at the same time. */
  readonly concurrency: number;
  /** How many items may fail: a number, or a share of all from 0 to 1. */
  readonly tolerate: { readonly count: number } | { readonly share: number };
  readonly body: Block;
}

/** One step of a recipe. */
export type PlanNode = HttpNode | TransformNode | OutputNode | WaitNode | ForeachNode;

/** The nodes of each type. */
export type NodesByType = { readonly [Node in PlanNode as Node["type"]]: Node };

/** What a step of a run can be. An `item` holds the block that runs for one item of a `foreach`. */
export type StepType = PlanNode["type"] | "item";

/** Steps that run together: those of the recipe itself, or those that a `foreach` runs for each item. */
export interface Block {
  /** In the order written; the implicit node of the block's `output`, if any, comes last. */
  readonly nodes: readonly PlanNode[];
  /** Id of the node whose output is the block's output. */
  readonly outputNode: string;
}

/** A compiled recipe: what the ledger and the consumer work from. Immutable per workflow version. */
export interface Plan {
  /** Format of this compiled form: a plan of another format is compiled again from its recipe. */
  readonly format: 2;
  readonly workflow: WorkflowName;
  readonly root: Block;
  /** Deadline of the whole run in ms after its start, or null. */
  readonly timeoutMs: number | null;
  /** JSON Schema (2020-12) of the run's input, or null when anything goes. */
  readonly inputSchema: JsonObject | null;
  /** Labels that every run gets. */
  readonly labels: Readonly<Record<string, string>>;
}

/** A plan that an earlier release compiled, as far as it is read. */
export interface EarlierPlan {
  readonly format: 1;
  readonly workflow: WorkflowName;
  readonly inputSchema: JsonObject | null;
}

/** A version of a workflow as it is stored: a plan is a cache of its recipe, and may be of an earlier format. */
export interface StoredPlan {
  readonly recipe: Json;
  readonly plan: Plan | EarlierPlan;
}

/** Id and key of the implicit step that evaluates a recipe's `output`; no recipe can use it (it has a colon). */
export const OUTPUT_NODE_ID = "run:output";
