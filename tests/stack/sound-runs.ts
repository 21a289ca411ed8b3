import { expect } from "vitest";
import type { DemoCalls } from "./demo-calls.ts";
import { readDemoCalls } from "./demo-calls.ts";
import { findFaults } from "./run-faults.ts";
import { readRuns, type StoredRun } from "./stored-run.ts";
import type { TestStack } from "./test-stack.ts";

/**
 * Checks what must hold for every run that has ended, whatever happened to it: it ended once, each of its transitions
 * was allowed and happened once, its log has no gap and verifies, its counters agree with its steps, and every call
 * that was made for it carried the key of its step.
 *
 * @param stack - Where the runs are.
 * @param ids - All runs that have made calls since the demo API last forgot.
 * @returns The runs, for further checks.
 */
export async function expectSoundRuns(stack: TestStack, ids: readonly string[]): Promise<readonly StoredRun[]> {
  const stored = await readRuns(stack.sql, ids);
  expect(stored.map(({ run }) => run.id)).toEqual([...ids].toSorted());
  // One list of all faults instead of an assertion each: with hundreds of runs the pattern tells more than the first.
  expect(stored.flatMap(findFaults)).toEqual([]);
  expect(findStrayCalls(stored, await readDemoCalls(stack.demoUrl))).toEqual([]);
  return stored;
}

/** Calls without a key, with the key of no step, or more of them than the step had attempts. */
function findStrayCalls(stored: readonly StoredRun[], calls: DemoCalls): readonly string[] {
  const attempts = new Map<string, number>();
  for (const { run, events } of stored) {
    // By the log, not by the rows: those of a `foreach` that began anew are gone.
    for (const { step } of events.filter(({ type }) => type === "STEP_STARTED")) {
      const key = `${run.id}:${step}`;
      attempts.set(key, (attempts.get(key) ?? 0) + 1);
    }
  }
  const withKey = Object.values(calls.byKey).reduce((sum, count) => sum + count, 0);
  const stray = Object.entries(calls.byKey).filter(([key, count]) => count > (attempts.get(key) ?? 0));
  return [
    ...(withKey === calls.total ? [] : [`${calls.total - withKey} calls carried no key`]),
    ...stray.map(([key, count]) => `${count} calls with key ${key}, of ${attempts.get(key) ?? 0} attempts`),
  ];
}
