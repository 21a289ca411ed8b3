import { describe, expect, it } from "vitest";
import { EndWaiters } from "../../../src/shard/end-waiters.ts";
import { ManualClock } from "../../support/manual-clock.ts";
import { CHAIN, planOf } from "../../support/plans.ts";
import { TestRun } from "../../support/test-run.ts";

function endedRun(): TestRun {
  const run = new TestRun(planOf(CHAIN));
  run.cancel();
  return run;
}

describe("a caller that waits for a run to end", () => {
  it("is told the state it ended in", async () => {
    const waiters = new EndWaiters(new ManualClock());
    const { run } = endedRun();
    const end = waiters.wait(run.id, 10_000);
    waiters.note([run]);
    expect(await end).toBe("CANCELED");
  });

  it("is told when the run ended just before it asked", async () => {
    const waiters = new EndWaiters(new ManualClock());
    const { run } = endedRun();
    waiters.note([run]);
    expect(await waiters.wait(run.id, 10_000)).toBe("CANCELED");
  });

  it("is let go when its time is up", async () => {
    const clock = new ManualClock();
    const waiters = new EndWaiters(clock);
    const end = waiters.wait(endedRun().run.id, 10_000);
    await clock.passMs(10_000);
    expect(await end).toBeNull();
  });

  it("is not told of an end that was taken back by a retry", async () => {
    const clock = new ManualClock();
    const waiters = new EndWaiters(clock);
    const { run } = endedRun();
    waiters.note([run]);
    waiters.note([new TestRun(planOf(CHAIN)).run]);
    const end = waiters.wait(run.id, 1_000);
    await clock.passMs(1_000);
    expect(await end).toBeNull();
  });
});
