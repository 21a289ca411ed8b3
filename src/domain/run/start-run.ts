import { EMPTY_CHAIN } from "../audit/chain.ts";
import type { Actor } from "./command.ts";
import { NO_STEPS } from "./counts.ts";
import type { DecideContext, Decision } from "./decision.ts";
import { RunDraft } from "./draft.ts";
import { deadlineFrom, queueDeadline } from "./due.ts";
import { openBlock } from "./open-block.ts";
import type { ActiveRun, RunSeed } from "./run.ts";

/**
 * Makes a run and opens its block: the steps that need nothing begin at once, as far as there is room.
 *
 * @param seed - What the run is made of.
 * @param actor - Who starts it.
 * @param context - Plan, instant, room and randomness.
 * @returns The decision; all of the run's steps are in it.
 */
export function startRun(seed: RunSeed, actor: Actor, context: DecideContext): Decision {
  const draft = new RunDraft({ run: newRun(seed, context), steps: new Map(), mail: [] });
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
  openBlock(draft, context.plan.plan.root, null, context);
  queueDeadline(draft);
  return draft.decision({ kind: "applied" });
}

function newRun(seed: RunSeed, context: DecideContext): ActiveRun {
  return {
    status: "PENDING",
    phase: "forward",
    failure: null,
    hold: null,
    id: seed.id,
    workflow: context.plan.plan.workflow,
    version: seed.version,
    labels: { ...context.plan.plan.labels, ...seed.labels },
    createdAt: context.now,
    startedAt: null,
    deadlineAt: deadlineFrom(context),
    counts: NO_STEPS,
    head: EMPTY_CHAIN,
  };
}
