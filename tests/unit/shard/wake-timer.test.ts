import { describe, expect, it } from "vitest";
import { WakeTimer } from "../../../src/shard/wake-timer.ts";
import { ManualClock } from "../../support/manual-clock.ts";

class Bench {
  readonly clock = new ManualClock();
  /** Instants the alarm was set to, in ms from the start. */
  readonly alarms: number[] = [];
  wakes = 0;
  readonly #startMs = this.clock.now().getTime();
  readonly timer = new WakeTimer(
    this.clock,
    {
      setAlarm: async (at) => {
        this.alarms.push(at - this.#startMs);
      },
    },
    () => {
      this.wakes += 1;
    },
  );

  wakeInMs(ms: number): void {
    this.timer.wakeAt(new Date(this.clock.now().getTime() + ms));
  }
}

describe("a shard is woken", () => {
  it("to the millisecond while it lives", async () => {
    const bench = new Bench();
    bench.wakeInMs(300);
    await bench.clock.passMs(299);
    expect(bench.wakes).toBe(0);
    await bench.clock.passMs(1);
    expect(bench.wakes).toBe(1);
  });

  it("at the earliest of several instants", async () => {
    const bench = new Bench();
    bench.wakeInMs(5_000);
    bench.wakeInMs(100);
    await bench.clock.passMs(100);
    expect(bench.wakes).toBe(1);
  });

  it("by its alarm when it is gone by then", () => {
    const bench = new Bench();
    bench.wakeInMs(60_000);
    expect(bench.alarms).toEqual([65_000]);
    expect(bench.clock.pendingMs).toEqual([]);
  });

  it("without a write to storage for each message", () => {
    const bench = new Bench();
    Array.from({ length: 100 }, (_, index) => bench.wakeInMs(15_000 + index));
    expect(bench.alarms).toHaveLength(1);
  });

  it("by an alarm that is moved when something is due much earlier", () => {
    const bench = new Bench();
    bench.wakeInMs(60_000);
    bench.wakeInMs(1_000);
    expect(bench.alarms).toEqual([65_000, 6_000]);
  });

  it("by a new alarm after the last one fired", () => {
    const bench = new Bench();
    bench.wakeInMs(60_000);
    bench.timer.alarmFired();
    bench.wakeInMs(60_000);
    expect(bench.alarms).toHaveLength(2);
  });

  it("at once in a fresh invocation when its turn is spent", () => {
    const bench = new Bench();
    bench.timer.wakeInNewTurn();
    expect(bench.alarms).toEqual([0]);
  });
});

describe("a clock that moved", () => {
  it("on makes nothing late that is due soon by the new time", async () => {
    const bench = new Bench();
    bench.wakeInMs(29_000);
    bench.clock.moveMs(3_600_000);
    bench.wakeInMs(100);
    await bench.clock.passMs(100);
    expect(bench.wakes).toBeGreaterThan(0);
  });

  it("back makes nothing late that is due soon by the new time", async () => {
    const bench = new Bench();
    bench.wakeInMs(29_000);
    bench.clock.moveMs(-3_600_000);
    bench.wakeInMs(100);
    await bench.clock.passMs(100);
    expect(bench.wakes).toBe(1);
  });
});
