import type { Block, NodesByType, Plan, PlanNode } from "../domain/plan/plan.ts";
import { backoffMs } from "../domain/retry/policy.ts";
import { STEP_KINDS } from "../steps/registry.ts";
import type { StepKind } from "../steps/step-kind.ts";

/** One step of a plan, as `POST /api/workflows/validate` shows it. */
export interface NodeDescription {
  readonly id: string;
  readonly type: PlanNode["type"];
  /** Id of the step that runs it for each of its items; null for the steps of the recipe itself. */
  readonly within: string | null;
  readonly needs: readonly string[];
  /** Deadline of one attempt. */
  readonly timeoutMs: number;
  readonly attempts: number;
  /** The waits before the second attempt, the third and so on, in ms, at their longest (without jitter). */
  readonly retryDelaysMs: readonly number[];
  /**
   * All attempts taking their whole time, all waits between them, and what the step waits for. Null when nothing bounds
   * that: a list whose length is not known yet, a signal without a timeout, an instant.
   */
  readonly worstCaseMs: number | null;
}

/** What saving a recipe would make of it. */
export interface PlanDescription {
  /** In the order written, each before those that it holds. */
  readonly nodes: readonly NodeDescription[];
  /** From what is done first to what waits for it. */
  readonly edges: readonly { readonly from: string; readonly to: string }[];
  /** The longest way through the steps, each at its worst, cut off by the deadline of the run; null without a bound. */
  readonly worstCaseMs: number | null;
}

/**
 * Describes a plan for people: its graph, its retries, and how long it can take. Time in queues is not in it, and a
 * `Retry-After` may make a wait longer, up to the policy's cap.
 *
 * @param plan - A compiled recipe.
 * @returns Nodes in the order written, edges and durations.
 */
export function describePlan(plan: Plan): PlanDescription {
  const nodes = describeBlock(plan.root, null);
  const edges = nodes.flatMap((node) => node.needs.map((need) => ({ from: need, to: node.id })));
  const longestMs = findLongestMs(plan.root);
  const worstCaseMs = plan.timeoutMs === null ? longestMs : Math.min(longestMs ?? Infinity, plan.timeoutMs);
  return { nodes, edges, worstCaseMs };
}

function describeBlock(block: Block, within: string | null): readonly NodeDescription[] {
  return block.nodes.flatMap((node) => {
    const { id, type, needs, timeoutMs, retry } = node;
    const description: NodeDescription = {
      id,
      type,
      within,
      needs,
      timeoutMs,
      attempts: retry.attempts,
      retryDelaysMs: retryDelays(node),
      worstCaseMs: findWorstCaseMs(type, node),
    };
    return [description, ...(node.type === "foreach" ? describeBlock(node.body, id) : [])];
  });
}

function retryDelays({ retry }: PlanNode): readonly number[] {
  return Array.from({ length: retry.attempts - 1 }, (_, index) => Math.round(backoffMs(retry, index + 1)));
}

function findWorstCaseMs<Type extends keyof NodesByType>(type: Type, node: NodesByType[Type]): number | null {
  const kind: StepKind<NodesByType[Type]> = STEP_KINDS[type];
  const waitsMs = kind.waitsMs(node, findLongestMs);
  const betweenMs = retryDelays(node).reduce((total, delayMs) => total + delayMs, 0);
  return waitsMs === null ? null : node.retry.attempts * node.timeoutMs + betweenMs + waitsMs;
}

/** Steps may be written in any order, so ends are found by need; a block has no cycles. */
function findLongestMs({ nodes }: Block): number | null {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const endsMs = new Map<string, number>();
  const findEndMs = (id: string): number => {
    const known = endsMs.get(id);
    const node = byId.get(id);
    if (known !== undefined || node === undefined) {
      return known ?? 0;
    }
    const startMs = node.needs.reduce((latest, need) => Math.max(latest, findEndMs(need)), 0);
    const endMs = startMs + (findWorstCaseMs(node.type, node) ?? Infinity);
    endsMs.set(id, endMs);
    return endMs;
  };
  const latestMs = nodes.reduce((latest, node) => Math.max(latest, findEndMs(node.id)), 0);
  return Number.isFinite(latestMs) ? latestMs : null;
}
