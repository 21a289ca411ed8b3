import { EMPTY_CHAIN } from "../audit/chain.ts";
import { stepKeyOf, type RunId } from "../ids.ts";
import type { PlanNode } from "../plan/plan.ts";
import { beginOrQueue } from "./begin-attempt.ts";
import type { Actor } from "./command.ts";
import { NO_STEPS, recount } from "./counts.ts";
import { deadlineFrom, queueDeadline } from "./deadline.ts";
import type { DecideContext, Decision } from "./decision.ts";
import { RunDraft } from "./draft.ts";
import type { ActiveRun, RunSeed } from "./run.ts";
import type { PendingStep, Step } from "./step.ts";

/**
 * Makes a run with all its steps, and begins at once those that need nothing, as far as there is room.
 *
 * @param seed - What the run is made of.
 * @param actor - Who starts it.
 * @param context - Plan, instant, room and randomness.
 * @returns The decision; all of the run's steps are in it.
 */
export function startRun(seed: RunSeed, actor: Actor, context: DecideContext): Decision {
  const steps = context.plan.plan.root.nodes.map((node) => newStep(seed.id, node, context.now));
  const draft = new RunDraft({
    run: newRun(seed, steps, context),
    steps: new Map(steps.map((step) => [step.key, step])),
  });
  draft.record({
    type: "RUN_CREATED",
    at: context.now,
    actor,
    step: null,
    attempt: null,
    from: null,
    to: "PENDING",
    data: {
      workflow: context.plan.plan.workflow,
      version: seed.version,
      ...(seed.rerunOf === null ? {} : { rerunOf: seed.rerunOf }),
      ...(seed.idempotency === null ? {} : { idempotencyKey: seed.idempotency.key }),
    },
  });
  for (const step of steps) {
    if (step.pendingNeeds === 0) {
      beginOrQueue(draft, step, context);
    }
  }
  queueDeadline(draft);
  const decision = draft.decision({ kind: "applied" });
  return { ...decision, steps: new Map(draft.steps().map((step): [Step["key"], Step] => [step.key, step])) };
}

function newStep(runId: RunId, node: PlanNode, now: Date): PendingStep {
  return {
    status: "PENDING",
    runId,
    key: stepKeyOf(node.id),
    nodeId: node.id,
    type: node.type,
    attempt: 0,
    maxAttempts: node.retry.attempts,
    token: null,
    queuedAt: node.needs.length === 0 ? now : null,
    startedAt: null,
    error: null,
    pendingNeeds: node.needs.length,
  };
}

function newRun(seed: RunSeed, steps: readonly PendingStep[], context: DecideContext): ActiveRun {
  let counts = NO_STEPS;
  for (const step of steps) {
    counts = recount(counts, null, step);
  }
  return {
    status: "PENDING",
    id: seed.id,
    workflow: context.plan.plan.workflow,
    version: seed.version,
    labels: { ...context.plan.plan.labels, ...seed.labels },
    createdAt: context.now,
    startedAt: null,
    deadlineAt: deadlineFrom(context),
    counts,
    head: EMPTY_CHAIN,
    failure: null,
  };
}
