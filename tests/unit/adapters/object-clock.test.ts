import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ObjectClock } from "../../../src/adapters/object-clock.ts";

const LATE_MS_MAX = 100;

describe("the clock of a Durable Object", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it("clears no timer, of which the runtime would keep something, and shares one among deadlines", () => {
    const made = vi.spyOn(globalThis, "setTimeout");
    const cleared = vi.spyOn(globalThis, "clearTimeout");
    const clock = new ObjectClock();
    for (let call = 0; call < 1_000; call += 1) {
      const cancel = clock.after(5_000, () => undefined);
      vi.advanceTimersByTime(10);
      cancel();
    }
    clock.after(500, () => undefined)();
    expect(cleared).not.toHaveBeenCalled();
    expect(made.mock.calls.length).toBeLessThanOrEqual(10_000 / LATE_MS_MAX + 2);
  });

  it("calls back once, not before the time and hardly after it, and to the millisecond within a second", () => {
    const clock = new ObjectClock();
    const startMs = Date.now();
    const lateMs = new Map<number, number>();
    for (const delayMs of [0, 1, 250, 999, 1_000, 1_040, 30_001]) {
      clock.after(delayMs, () => lateMs.set(delayMs, Date.now() - startMs - delayMs));
    }
    vi.advanceTimersByTime(60_000);
    expect([0, 1, 250, 999].map((delayMs) => lateMs.get(delayMs))).toEqual([0, 0, 0, 0]);
    expect(lateMs.size).toBe(7);
    expect(Math.min(...lateMs.values())).toBe(0);
    expect(Math.max(...lateMs.values())).toBeLessThanOrEqual(LATE_MS_MAX);
  });

  it("calls back in time when the clock is set back meanwhile, those who began to wait before and after", () => {
    const clock = new ObjectClock();
    const startMs = Date.now();
    const called: string[] = [];
    clock.after(5_000, () => called.push("before"));
    vi.advanceTimersByTime(1_050);
    vi.setSystemTime(startMs - 3_600_000);
    clock.after(5_000, () => called.push("after"));
    vi.advanceTimersByTime(3_800);
    expect(called).toEqual([]);
    vi.advanceTimersByTime(150 + LATE_MS_MAX);
    expect(called).toEqual(["before"]);
    vi.advanceTimersByTime(800);
    expect(called).toEqual(["before"]);
    vi.advanceTimersByTime(150 + LATE_MS_MAX);
    expect(called).toEqual(["before", "after"]);
  });

  it("does not call back who has taken it back, also in the same tick", () => {
    const clock = new ObjectClock();
    const called: string[] = [];
    clock.after(1_010, () => {
      called.push("first");
      cancelSecond();
    });
    const cancelSecond = clock.after(1_010, () => called.push("second"));
    clock.after(10, () => called.push("soon"))();
    vi.advanceTimersByTime(5_000);
    expect(called).toEqual(["first"]);
  });

  it("asks the runtime for nothing while nobody waits", () => {
    const clock = new ObjectClock();
    clock.after(60_000, () => undefined)();
    vi.advanceTimersByTime(LATE_MS_MAX);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("calls the others back when one of them throws", () => {
    const clock = new ObjectClock();
    let isCalled = false;
    clock.after(2_000, () => {
      throw new Error("a fault of a caller");
    });
    clock.after(2_000, () => {
      isCalled = true;
    });
    expect(() => vi.advanceTimersByTime(2_000 + LATE_MS_MAX)).toThrow("a fault of a caller");
    vi.advanceTimersByTime(LATE_MS_MAX);
    expect(isCalled).toBe(true);
  });
});
