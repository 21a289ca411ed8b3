import { afterEach, describe, expect, it, vi } from "vitest";
import { SYSTEM_CLOCK } from "../../../src/adapters/system-clock.ts";
import { type DeadlineWork, runWithDeadline } from "../../../src/steps/deadline.ts";
import { DEADLINE_GRACE_MS } from "../../../src/steps/limits.ts";

afterEach(() => {
  vi.useRealTimers();
});

function run<Result>(work: DeadlineWork<Result>): Promise<Result> {
  return runWithDeadline(work, SYSTEM_CLOCK.after);
}

function fail(): Promise<string> {
  return Promise.reject(new RangeError("broken"));
}

describe("runWithDeadline", () => {
  it("gives the result of work that ends in time, and leaves no timer behind", async () => {
    vi.useFakeTimers();
    const signals: AbortSignal[] = [];
    const result = await run({
      timeoutMs: 1_000,
      run: (signal) => Promise.resolve(signals.push(signal)),
      late: () => 0,
    });
    expect(result).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
    expect(signals[0]?.aborted).toBe(false);
  });

  it("lets work that heeds its signal say what it was doing", async () => {
    const result = run({
      timeoutMs: 5,
      run: (signal) => new Promise((resolve) => signal.addEventListener("abort", () => resolve("was calling"))),
      late: () => "late",
    });
    expect(await result).toBe("was calling");
  });

  it("answers for work that never ends, after the grace and not before", async () => {
    vi.useFakeTimers();
    const ended = vi.fn<(result: string) => void>();
    const result = run<string>({
      timeoutMs: 1_000,
      run: () => new Promise(() => undefined),
      late: () => "late",
    });
    void result.then(ended);
    await vi.advanceTimersByTimeAsync(1_000 + DEADLINE_GRACE_MS - 1);
    expect(ended).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(ended).toHaveBeenCalledWith("late");
  });

  it("rejects as the work does", async () => {
    await expect(run({ timeoutMs: 1_000, run: fail, late: () => "late" })).rejects.toThrow("broken");
  });
});
