import { ChainVerifier } from "../../src/domain/audit/chain.ts";
import { NO_STEPS, type StepCounts } from "../../src/domain/run/counts.ts";
import type { Event } from "../../src/domain/run/event.ts";
import type { Step } from "../../src/domain/run/step.ts";
import { isRunTransition, isStepTransition } from "../../src/domain/run/transitions.ts";
import { sha256 } from "../support/sha256.ts";
import type { TestRun } from "../support/test-run.ts";

/**
 * Counts the steps of a run by looking at each of them.
 *
 * @param steps - All steps of the run.
 * @returns The counts that its row should have.
 */
export function countAll(steps: Iterable<Step>): StepCounts {
  const counts: Record<keyof StepCounts, number> = { ...NO_STEPS };
  for (const step of steps) {
    counts.attempts += step.attempt;
    if (step.status === "PENDING") {
      counts[step.pendingNeeds === 0 ? "ready" : "blocked"] += 1;
    } else {
      const bucket = step.status.toLowerCase() as "running" | "completed";
      counts[bucket] += 1;
    }
  }
  return counts;
}

/**
 * Reads the history of a run's states out of its audit log.
 *
 * @param events - All events.
 * @param key - A step, or null for the run.
 * @returns Each transition, in order.
 */
function transitionsOf(events: readonly Event[], key: string | null): readonly (readonly [string, string])[] {
  return events.flatMap((event) =>
    event.step === key && event.from !== null && event.to !== null ? [[event.from, event.to] as const] : [],
  );
}

/**
 * Finds what is wrong with the audit log of a run.
 *
 * @param run - The run as it is now.
 * @returns Sentences; none when every transition is allowed, follows on from the one before, and leads to now.
 */
export function historyFaults(run: TestRun): readonly string[] {
  const faults: string[] = [];
  const subjects = [
    { key: null, now: run.run.status, isAllowed: isRunTransition },
    ...[...run.state.steps.values()].map((step) => ({ key: step.key, now: step.status, isAllowed: isStepTransition })),
  ];
  for (const { key, now, isAllowed } of subjects) {
    let state = "PENDING";
    for (const [from, to] of transitionsOf(run.events, key)) {
      if (from !== state) {
        faults.push(`${key ?? "run"} is ${state}, and an event says it left ${from}`);
      }
      if (!(isAllowed as (from: string, to: string) => boolean)(from, to)) {
        faults.push(`${key ?? "run"} went from ${from} to ${to}`);
      }
      state = to;
    }
    if (state !== now) {
      faults.push(`${key ?? "run"} is ${now}, and its events end in ${state}`);
    }
  }
  return faults;
}

/**
 * Checks the audit chain of a run.
 *
 * @param run - The run.
 * @returns Whether it verifies against the head of the run's row.
 */
export function isChainWhole(run: TestRun): boolean {
  const verifier = new ChainVerifier(run.run.id, sha256);
  for (const event of run.events) {
    verifier.add(event);
  }
  return verifier.verdict(run.run.head).ok;
}

/**
 * Finds the steps that nothing would ever wake: due now or later, and without a message on the queue.
 *
 * @param run - A run.
 * @returns Keys; a paused or failing run keeps all but its attempts back on purpose.
 */
export function forgottenSteps(run: TestRun): readonly string[] {
  const row = run.run;
  const isHeldBack = row.status === "PAUSED" || ("failure" in row && row.failure !== null);
  return [...run.state.steps.values()]
    .filter((step) => {
      const isDue =
        step.status === "RETRYING" || (step.status === "PENDING" && step.pendingNeeds === 0) ? !isHeldBack : false;
      return (isDue || step.status === "RUNNING") && !run.messages.has(step.key);
    })
    .map((step) => step.key);
}
