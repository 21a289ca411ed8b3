import type { StepRecord } from "../../../src/api/steps/port.ts";
import { stepKeyOf } from "../../support/ids.ts";

/** The present instant of these tests. */
export const NOW = new Date("2026-07-01T12:00:10.000Z");

/** 10 s before it. */
export const EARLIER = new Date("2026-07-01T12:00:00.000Z");

/** 3 days after it. */
export const LATER = new Date("2026-07-04T12:00:10.000Z");

/**
 * Makes a step as the API reads it.
 *
 * @param id - Its key, and the id of its node.
 * @param change - What the test cares about.
 * @returns The step, not begun.
 */
export function stepRecordOf(id: string, change: Partial<StepRecord> = {}): StepRecord {
  return {
    key: stepKeyOf(id),
    nodeId: id,
    type: "http",
    position: 0,
    status: "PENDING",
    attempt: 1,
    maxAttempts: 3,
    availableAt: null,
    queuedAt: EARLIER,
    startedAt: EARLIER,
    endedAt: null,
    error: null,
    waitingFor: null,
    inputBytes: null,
    outputBytes: null,
    ...change,
  };
}
