import { createRunId, leaseTokenOf } from "../../../src/domain/ids.ts";
import type { Json } from "../../../src/domain/json.ts";
import type { PlanNode, StepType } from "../../../src/domain/plan/plan.ts";
import type { Assignment } from "../../../src/domain/run/outcome.ts";
import { stepKeyOf } from "../../support/ids.ts";

/** What a test says about an attempt; the rest is filled in. */
export interface AssignmentParts {
  readonly with: PlanNode["with"];
  readonly type?: StepType;
  readonly if?: string;
  readonly timeoutMs?: number;
  readonly input?: Json;
  readonly attempt?: number;
  readonly item?: Json;
}

const START = new Date("2026-03-01T11:59:00.000Z");

/** The run of every assignment made here. */
export const RUN_ID = createRunId(START, 0, new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]));

/**
 * Makes an attempt of the step `call`.
 *
 * @param parts - What the test cares about; an `http` step with 5 s by default.
 * @returns The assignment.
 */
export function createAssignment(parts: AssignmentParts): Assignment {
  const node = {
    id: "call",
    type: parts.type ?? "http",
    needs: [],
    dependents: [],
    with: parts.with,
    if: parts.if ?? null,
    retry: {
      attempts: 3,
      delayMs: 1_000,
      backoff: "exponential",
      factor: 2,
      delayMsMax: 300_000,
      jitter: "none",
      on: null,
    },
    timeoutMs: parts.timeoutMs ?? 5_000,
    onError: "fail",
    reads: { input: true, item: false, steps: [], errors: [] },
  } as PlanNode;
  return {
    runId: RUN_ID,
    stepKey: stepKeyOf(node.id),
    workflow: "orders",
    version: 1,
    attempt: parts.attempt ?? 1,
    maxAttempts: 3,
    token: leaseTokenOf("seed", 0),
    node,
    scope: {
      input: parts.input ?? {},
      steps: {},
      errors: {},
      item: parts.item ?? null,
      index: parts.item === undefined ? null : 0,
      run: { id: RUN_ID, workflow: "orders", version: 1, startedAt: START.toISOString() },
    },
  };
}
