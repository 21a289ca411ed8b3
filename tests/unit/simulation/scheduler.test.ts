import { describe, expect, it } from "vitest";
import { Scheduler } from "../../simulation/scheduler.ts";

async function stepAll(scheduler: Scheduler): Promise<void> {
  while (scheduler.nextAtMs < Infinity) {
    await scheduler.step();
  }
}

describe("virtual time", () => {
  it("lets things happen in the order of their instants, then of their coming", async () => {
    const scheduler = new Scheduler();
    const happened: string[] = [];
    scheduler.after(5, () => happened.push("b"));
    scheduler.after(5, () => happened.push("c"));
    scheduler.after(7, () => happened.push("d"));
    scheduler.after(1, () => happened.push("a"));
    await stepAll(scheduler);
    expect([happened.join(""), scheduler.nowMs]).toEqual(["abcd", 7]);
  });

  it("stands still until all that follows from an event has come to rest", async () => {
    const scheduler = new Scheduler();
    const seen: number[] = [];
    scheduler.after(1, () => {
      void (async () => {
        for (let turn = 0; turn < 100; turn += 1) {
          await Promise.resolve();
        }
        seen.push(scheduler.nowMs);
      })();
    });
    scheduler.after(2, () => seen.push(scheduler.nowMs));
    await stepAll(scheduler);
    expect(seen).toEqual([1, 2]);
  });

  it("happens neither to those who are lost, nor what was taken back", async () => {
    const scheduler = new Scheduler();
    const owner = { isLost: false };
    const happened: string[] = [];
    scheduler.after(1, () => happened.push("before"), owner);
    scheduler.after(3, () => happened.push("after"), owner);
    const cancel = scheduler.after(4, () => happened.push("taken back"));
    scheduler.after(2, () => {
      owner.isLost = true;
      cancel();
    });
    await stepAll(scheduler);
    expect(happened).toEqual(["before"]);
  });
});
