import { describe, expect, it } from "vitest";
import type { Clock } from "../../../src/dispatch/clock.ts";
import { HandOver } from "../../../src/dispatch/hand-over.ts";
import type { Assignment } from "../../../src/domain/run/outcome.ts";
import { DispatchBench } from "../../support/dispatch-bench.ts";
import { startOf } from "../../support/ledger-environment.ts";
import { planOf } from "../../support/plans.ts";

/** Hands 200 attempts over and tells how many went in each turn, when a turn takes so long. */
async function turnsOf(turnMs: number): Promise<readonly number[]> {
  const turns: number[] = [];
  const nextTurn: (() => void)[] = [];
  let inTurn = 0;
  let nowMs = 0;
  const clock: Clock = {
    now: () => new Date(nowMs),
    after: (_delayMs, callback) => {
      nextTurn.push(callback);
      return () => undefined;
    },
  };
  const handOver = new HandOver(clock, () => {
    inTurn += 1;
  });
  const assignment = await anyAssignment();
  for (let count = 0; count < 200; count += 1) {
    handOver.give(assignment);
  }
  while (inTurn > 0) {
    turns.push(inTurn);
    inTurn = 0;
    nowMs += turnMs;
    nextTurn.splice(0).forEach((callback) => callback());
  }
  return turns;
}

async function anyAssignment(): Promise<Assignment> {
  const bench = new DispatchBench(planOf([{ id: "a" }]));
  await bench.ledger.start(startOf());
  const [call] = bench.calls;
  if (call === undefined) {
    throw new Error("nothing was handed over");
  }
  return call.assignment;
}

describe("attempts that become ready together", () => {
  it("all go to consumers, in more than one turn of the event loop: others have theirs in between", async () => {
    const turns = await turnsOf(1);
    expect(turns.length).toBeGreaterThan(1);
    expect(turns.reduce((sum, count) => sum + count, 0)).toBe(200);
  });

  it("go many at a time while turns are short, and two at a time while they are long", async () => {
    const [short, long] = [await turnsOf(1), await turnsOf(200)];
    expect(short.length).toBeLessThan(10);
    expect(long.slice(0, 5)).toEqual([8, 4, 2, 2, 2]);
    expect(long.reduce((sum, count) => sum + count, 0)).toBe(200);
  });
});
