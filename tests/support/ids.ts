import {
  createRunId,
  type LeaseToken,
  leaseTokenOf,
  parseWorkflowName,
  type RunId,
  type StepKey,
  type WorkflowName,
} from "../../src/domain/ids.ts";

/** The instant at which the clocks of tests start. */
export const START = new Date("2026-03-01T12:00:00.000Z");

/**
 * Makes the id of a run of shard 0.
 *
 * @param index - A number of the test's own, 0 to 255.
 * @returns The same id for the same number.
 */
export function runIdOf(index = 0): RunId {
  return createRunId(START, 0, new Uint8Array([0, 0, 0, 0, 0, 0, 0, index]));
}

/**
 * Makes a workflow name.
 *
 * @param text - A valid name.
 * @returns The name.
 */
export function nameOf(text: string): WorkflowName {
  const name = parseWorkflowName(text);
  if (name === null) {
    throw new Error(`${text} is no workflow name`);
  }
  return name;
}

/** A token that no attempt ever had. */
export const STRANGE_TOKEN: LeaseToken = leaseTokenOf("strange", 0);

/**
 * Makes the key of a step.
 *
 * @param text - The path of a step.
 * @returns The key.
 */
export function stepKeyOf(text: string): StepKey {
  return text as StepKey;
}
