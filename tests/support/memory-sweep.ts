import type { SweepRequest } from "../../src/adapters/postgres/due-messages.ts";
import type { RunId } from "../../src/domain/ids.ts";
import { isActive, type Run } from "../../src/domain/run/run.ts";
import { dueAtOf, type Step } from "../../src/domain/run/step.ts";
import { DEADLINE, messageOf, targetText } from "../../src/domain/target.ts";
import type { DueMessage, DueMessages } from "../../src/shard/dispatch/ports.ts";

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
    const isWanted = visibleAt !== null && visibleAt <= until && (isNoBegin(step) || mayBegin(run));
    return isWanted ? [stepMessage(step, visibleAt)] : [];
  });
  const strayed = steps.flatMap((one) => (isStrayed(one, latest, leaseEnd) ? [stepMessage(one.step, now)] : []));
  const active = runs.filter(isActive);
  return {
    due: [...due.toSorted(byInstant), ...active.flatMap((run) => deadlineUntil(run, until)).toSorted(byInstant)],
    strayed: [...strayed, ...active.flatMap((run) => strayedDeadline(run, latest, now))],
  };
}

/** Whether steps of the run may begin. */
function mayBegin(run: Run): boolean {
  return isActive(run) && run.hold === null && run.phase === "forward";
}

/** Whether nothing is begun when it is due: a lease only ends, a timer only fires. */
function isNoBegin({ status }: Step): boolean {
  return status === "RUNNING" || status === "WAITING";
}

function isStrayed({ run, step }: StepOfRun, latest: Date, leaseEnd: Date): boolean {
  const dueAt = dueAtOf(step);
  if (dueAt === null || dueAt <= latest) {
    return false;
  }
  if (step.status === "RUNNING") {
    return dueAt > leaseEnd;
  }
  return waitBegan(step, dueAt) > latest && (isNoBegin(step) || mayBegin(run));
}

/** A step that is ready waits for nothing. What waits for something else is where it should be. */
function waitBegan(step: Step, dueAt: Date): Date {
  const beganAt = step.status === "RETRYING" ? step.failedAt : step.startedAt;
  return step.status === "PENDING" ? dueAt : (beganAt ?? new Date(0));
}

function stepMessage(step: Step, visibleAt: Date): DueMessage {
  const member = messageOf({ runId: step.runId, target: step.key });
  return { member, visibleAt, needsPlace: !isNoBegin(step) };
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
  return { member: messageOf({ runId, target: targetText(DEADLINE) }), visibleAt, needsPlace: false };
}

function byInstant(left: DueMessage, right: DueMessage): number {
  return left.visibleAt.getTime() - right.visibleAt.getTime();
}
