import type { Plan, PlanNode } from "../domain/plan/plan.ts";
import { backoffMs } from "../domain/retry/policy.ts";

/** One step of a plan, as `POST /api/workflows/validate` shows it. */
export interface NodeDescription {
  readonly id: string;
  readonly type: PlanNode["type"];
  readonly needs: readonly string[];
  /** Deadline of one attempt. */
  readonly timeoutMs: number;
  readonly attempts: number;
  /** The waits before the second attempt, the third and so on, in ms, at their longest (without jitter). */
  readonly retryDelaysMs: readonly number[];
  /** All attempts taking their whole time, and all waits between them. */
  readonly worstCaseMs: number;
}

/** What saving a recipe would make of it. */
export interface PlanDescription {
  readonly nodes: readonly NodeDescription[];
  /** From what is done first to what waits for it. */
  readonly edges: readonly { readonly from: string; readonly to: string }[];
  /** The longest way through the steps, each at its worst, cut off by the deadline of the run. */
  readonly worstCaseMs: number;
}

/**
 * Describes a plan for people: its graph, its retries, and how long it can take. Time in queues is not in it, and a
 * `Retry-After` may make a wait longer, up to the policy's cap.
 *
 * @param plan - A compiled recipe.
 * @returns Nodes in the order written, edges and durations.
 */
export function describePlan(plan: Plan): PlanDescription {
  const nodes = plan.root.nodes.map(describeNode);
  const edges = plan.root.nodes.flatMap((node) => node.needs.map((need) => ({ from: need, to: node.id })));
  const longestMs = findLongestMs(nodes);
  return { nodes, edges, worstCaseMs: plan.timeoutMs === null ? longestMs : Math.min(longestMs, plan.timeoutMs) };
}

function describeNode({ id, type, needs, timeoutMs, retry }: PlanNode): NodeDescription {
  const retryDelaysMs = Array.from({ length: retry.attempts - 1 }, (_, index) =>
    Math.round(backoffMs(retry, index + 1)),
  );
  const waitsMs = retryDelaysMs.reduce((total, delayMs) => total + delayMs, 0);
  return {
    id,
    type,
    needs,
    timeoutMs,
    attempts: retry.attempts,
    retryDelaysMs,
    worstCaseMs: retry.attempts * timeoutMs + waitsMs,
  };
}

/** Steps may be written in any order, so ends are found by need; a plan has no cycles. */
function findLongestMs(nodes: readonly NodeDescription[]): number {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const endsMs = new Map<string, number>();
  const findEndMs = (id: string): number => {
    const known = endsMs.get(id);
    const node = byId.get(id);
    if (known !== undefined || node === undefined) {
      return known ?? 0;
    }
    const startMs = node.needs.reduce((latest, need) => Math.max(latest, findEndMs(need)), 0);
    endsMs.set(id, startMs + node.worstCaseMs);
    return startMs + node.worstCaseMs;
  };
  return nodes.reduce((latest, node) => Math.max(latest, findEndMs(node.id)), 0);
}
