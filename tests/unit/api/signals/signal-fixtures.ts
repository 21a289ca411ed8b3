import type { SignalAsk } from "../../../../src/api/signals/ask.ts";
import type { SignalRecord } from "../../../../src/api/signals/port.ts";
import { createRunId, type StepKey } from "../../../../src/domain/ids.ts";
import { stepKeyOf } from "../../../support/ids.ts";

const START = new Date("2026-07-01T10:00:00.000Z");

/** A run that waits for signals. */
export const RUN_ID = createRunId(START, 3, new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]));

/** The step that made the address. */
export const STEP_KEY: StepKey = stepKeyOf("notify");

/** A key that signs addresses. */
export const SIGNING_KEY = "a-signing-key-for-tests-of-32-characters";

const APPROVAL = {
  type: "object",
  title: "May order 7 be shipped?",
  description: "It is worth 12,000.",
  required: ["approved"],
  properties: { approved: { type: "boolean" }, amount: { type: "integer", minimum: 1 }, comment: { type: "string" } },
} as const;

/** The run, as it waits for `decision`. */
export const WAITING: SignalRecord = {
  workflow: "order",
  status: "WAITING",
  startedBy: "key:shop",
  startedAt: START,
  declared: [{ name: "decision", schema: APPROVAL }],
  wait: {
    stepKey: stepKeyOf("approve"),
    since: new Date("2026-07-01T10:00:05.000Z"),
    until: new Date("2026-07-03T10:00:05.000Z"),
    schema: APPROVAL,
  },
  isPast: false,
  answeredAt: null,
};

/** What is asked for there. */
export const ASK: SignalAsk = {
  name: "decision",
  runId: RUN_ID,
  workflow: "order",
  startedBy: "key:shop",
  startedAt: START,
  state: "waiting",
  step: "approve",
  since: new Date("2026-07-01T10:00:05.000Z"),
  until: new Date("2026-07-03T10:00:05.000Z"),
  answeredAt: null,
  addressExpiresAt: new Date("2026-07-31T10:00:05.000Z"),
  schema: APPROVAL,
};
