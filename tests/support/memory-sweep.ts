import type { SweepRequest } from "../../src/adapters/postgres/due-messages.ts";
import type { DueMessage, DueMessages } from "../../src/dispatch/ports.ts";
import { memberOf } from "../../src/dispatch/queue.ts";
import { DEADLINE_KEY, type RunId } from "../../src/domain/ids.ts";
import { isActive, type Run } from "../../src/domain/run/run.ts";
import { dueAtOf, type Step } from "../../src/domain/run/step.ts";

/** Clocks that differ by less are no clock that moved. */
const CLOCK_SKEW_MS = 2_000;

/** A step with its run. */
interface StepOfRun {
  readonly run: Run;
  readonly step: Step;
}

/**
 * Finds among the rows of a shard what should be on its queue.
 *
 * @param runs - The runs of the shard.
 * @param steps - Their steps.
 * @param sweep - When, and how far to look ahead.
 * @returns What is due, steps before deadlines, the oldest first; and what waits too long since the clock moved back.
 */
export function findDueRows(
  runs: readonly Run[],
  steps: readonly StepOfRun[],
  { now, until, leaseMs }: Omit<SweepRequest, "shard">,
): DueMessages {
  const latest = new Date(now.getTime() + CLOCK_SKEW_MS);
  const leaseEnd = new Date(latest.getTime() + leaseMs);
  const due = steps.flatMap(({ run, step }) => {
    const visibleAt = dueAtOf(step);
    const isWanted = visibleAt !== null && visibleAt <= until && (step.status === "RUNNING" || mayBegin(run));
    return isWanted ? [messageOf(step, visibleAt)] : [];
  });
  const strayed = steps.flatMap((one) => (isStrayed(one, latest, leaseEnd) ? [messageOf(one.step, now)] : []));
  const active = runs.filter(isActive);
  return {
    due: [...due.toSorted(byInstant), ...active.flatMap((run) => deadlineUntil(run, until)).toSorted(byInstant)],
    strayed: [...strayed, ...active.flatMap((run) => strayedDeadline(run, latest, now))],
  };
}

/** Whether steps of the run may begin. */
function mayBegin(run: Run): boolean {
  return isActive(run) && run.status !== "PAUSED" && run.failure === null;
}

function isStrayed({ run, step }: StepOfRun, latest: Date, leaseEnd: Date): boolean {
  const dueAt = dueAtOf(step);
  if (dueAt === null || dueAt <= latest) {
    return false;
  }
  return step.status === "RUNNING" ? dueAt > leaseEnd : waitBegan(step, dueAt) > latest && mayBegin(run);
}

/** A step that is ready waits for nothing. What waits for something else is where it should be. */
function waitBegan(step: Step, dueAt: Date): Date {
  const beganAt = step.status === "RETRYING" ? step.failedAt : null;
  return step.status === "PENDING" ? dueAt : (beganAt ?? new Date(0));
}

function messageOf(step: Step, visibleAt: Date): DueMessage {
  const member = memberOf({ runId: step.runId, stepKey: step.key });
  return { member, visibleAt, needsPlace: step.status !== "RUNNING" };
}

function deadlineUntil({ id, deadlineAt }: Run, until: Date): readonly DueMessage[] {
  return deadlineAt === null || deadlineAt > until ? [] : [deadlineMessage(id, deadlineAt)];
}

function strayedDeadline(
  { id, deadlineAt, createdAt, startedAt }: Run,
  latest: Date,
  now: Date,
): readonly DueMessage[] {
  const beganAt = startedAt === null || startedAt < createdAt ? createdAt : startedAt;
  return deadlineAt === null || deadlineAt <= latest || beganAt <= latest ? [] : [deadlineMessage(id, now)];
}

function deadlineMessage(runId: RunId, visibleAt: Date): DueMessage {
  return { member: memberOf({ runId, stepKey: DEADLINE_KEY }), visibleAt, needsPlace: false };
}

function byInstant(left: DueMessage, right: DueMessage): number {
  return left.visibleAt.getTime() - right.visibleAt.getTime();
}
