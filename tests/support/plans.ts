import { indexPlan, type PlanIndex } from "../../src/domain/plan/plan-index.ts";
import type { Block, ForeachNode, Plan, PlanNode, WaitParameters } from "../../src/domain/plan/plan.ts";
import type { RetryPolicy } from "../../src/domain/retry/policy.ts";
import { nameOf } from "./ids.ts";

/** What a test says about a step; the rest is filled in. */
export interface NodeParts {
  readonly id: string;
  readonly needs?: readonly string[];
  readonly retry?: Partial<RetryPolicy>;
  readonly onError?: "fail" | "continue";
  readonly reads?: Partial<PlanNode["reads"]>;
  /** Makes it a `wait`. */
  readonly wait?: WaitParameters;
  /** Makes it a `foreach` over a block of steps; the block's output is that of its last. */
  readonly body?: readonly NodeParts[];
  readonly concurrency?: number;
  readonly tolerate?: ForeachNode["tolerate"];
}

/** Three attempts, 1 s, then 2 s, without jitter. */
export const RETRY: RetryPolicy = {
  attempts: 3,
  delayMs: 1_000,
  backoff: "exponential",
  factor: 2,
  delayMsMax: 300_000,
  jitter: "none",
  on: null,
};

/** What a test says about a recipe besides its steps. */
export type PlanParts = Partial<Pick<Plan, "workflow" | "timeoutMs" | "inputSchema" | "labels">>;

/**
 * Makes a compiled recipe.
 *
 * @param parts - Its steps, in the order written; the output is that of the last.
 * @param options - What else the test cares about.
 * @returns The plan.
 */
export function planOf(parts: readonly NodeParts[], options: PlanParts = {}): Plan {
  return {
    format: 2,
    workflow: nameOf("orders"),
    root: blockOf(parts),
    timeoutMs: null,
    inputSchema: null,
    labels: {},
    ...options,
  };
}

/**
 * Makes a compiled recipe with its nodes by id.
 *
 * @param parts - Its steps.
 * @param options - What else the test cares about.
 * @returns The indexed plan.
 */
export function planIndexOf(parts: readonly NodeParts[], options: PlanParts = {}): PlanIndex {
  return indexPlan(planOf(parts, options));
}

function blockOf(parts: readonly NodeParts[]): Block {
  return { nodes: parts.map((part) => nodeFrom(part, parts)), outputNode: parts.at(-1)?.id ?? "" };
}

function nodeFrom(part: NodeParts, all: readonly NodeParts[]): PlanNode {
  const base = {
    id: part.id,
    needs: part.needs ?? [],
    dependents: all.filter((other) => other.needs?.includes(part.id) === true).map((other) => other.id),
    if: null,
    retry: { ...RETRY, ...part.retry },
    timeoutMs: 30_000,
    onError: part.onError ?? "fail",
    reads: { input: false, item: false, steps: [], errors: [], ...part.reads },
  };
  if (part.wait !== undefined) {
    return { ...base, type: "wait", with: part.wait };
  }
  if (part.body === undefined) {
    return { ...base, type: "transform", with: {} };
  }
  const { body, concurrency = 10, tolerate = { count: 0 } } = part;
  return { ...base, type: "foreach", with: [], concurrency, tolerate, body: blockOf(body) };
}

/** A wait for the signal `decision`. */
export const FOR_DECISION: WaitParameters = { kind: "signal", name: "decision", timeout: null, schema: null };

/** `a`, then `b`, then `c`. */
export const CHAIN: readonly NodeParts[] = [{ id: "a" }, { id: "b", needs: ["a"] }, { id: "c", needs: ["b"] }];

/** `left` and `right` side by side, then `join`. */
export const JOIN: readonly NodeParts[] = [{ id: "left" }, { id: "right" }, { id: "join", needs: ["left", "right"] }];
