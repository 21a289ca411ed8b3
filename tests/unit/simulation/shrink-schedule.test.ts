import { describe, expect, it } from "vitest";
import { drawSchedule } from "../../simulation/draw-schedule.ts";
import type { CallFault, Schedule } from "../../simulation/schedule.ts";
import { shrinkSchedule } from "../../simulation/shrink-schedule.ts";

function faultOf(nth: number): CallFault {
  return { kind: "call", point: "save", nth, effect: "refused" };
}

function has({ faults }: Schedule, nth: number): boolean {
  return faults.some((fault) => fault.kind === "call" && fault.nth === nth);
}

describe("a schedule that fails", () => {
  const drawn = drawSchedule(1);
  const schedule: Schedule = { ...drawn, faults: [1, 2, 3, 4, 5, 6].map(faultOf) };

  it("is left with what makes it fail", async () => {
    const smallest = await shrinkSchedule(schedule, async (candidate) => has(candidate, 2) && has(candidate, 5));
    expect(smallest).toEqual({ ...schedule, commands: [], faults: [faultOf(2), faultOf(5)] });
  });

  it("stays as it is when all of it is needed", async () => {
    expect(await shrinkSchedule(schedule, async () => false)).toEqual(schedule);
  });
});
