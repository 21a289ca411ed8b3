import { describe, expect, it } from "vitest";
import { lookOf, RUN_STATUS_ORDER } from "../../../dashboard/model/status.ts";
import {
  RUN_TRANSITIONS,
  STEP_TRANSITIONS,
  type RunStatus,
  type StepStatus,
} from "../../../src/domain/run/transitions.ts";

const RUN_STATUSES = Object.keys(RUN_TRANSITIONS) as RunStatus[];
const STEP_STATUSES = Object.keys(STEP_TRANSITIONS) as StepStatus[];

describe("states on the dashboard", () => {
  it("every state of a run can be filtered for", () => {
    expect(RUN_STATUS_ORDER.toSorted()).toEqual(RUN_STATUSES.toSorted());
  });

  it("no two states look alike without colour", () => {
    const looks = [...new Set([...RUN_STATUSES, ...STEP_STATUSES])].map(lookOf);
    expect(new Set(looks.map(({ icon }) => icon)).size).toBe(looks.length);
    expect(new Set(looks.map(({ word }) => word)).size).toBe(looks.length);
  });
});
