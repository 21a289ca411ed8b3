import { DEADLINE_GRACE_MS } from "./limits.ts";
import type { After } from "./ports.ts";

/** What is done under a deadline, and what stands in for it when it does not end. */
export interface DeadlineWork<Result> {
  readonly timeoutMs: number;
  /** Heeds the signal, which fires after `timeoutMs`. */
  readonly run: (signal: AbortSignal) => Promise<Result>;
  /** The result when `run` has not ended shortly after the signal. */
  readonly late: () => Result;
}

/**
 * Runs work under a deadline. Work that heeds its signal says itself what it was doing; `late` answers, after a short
 * grace, for work that does not. Work that keeps the processor busy is not interrupted: timers fire only between turns.
 *
 * @param work - The work, its time and its stand-in.
 * @param after - Time.
 * @returns What `run` or `late` gave; rejects as `run` does.
 */
export async function runWithDeadline<Result>(work: DeadlineWork<Result>, after: After): Promise<Result> {
  const controller = new AbortController();
  const cancels: (() => void)[] = [];
  const late = new Promise<Result>((resolve) => {
    cancels.push(after(work.timeoutMs, () => controller.abort()));
    cancels.push(after(work.timeoutMs + DEADLINE_GRACE_MS, () => resolve(work.late())));
  });
  try {
    return await Promise.race([work.run(controller.signal), late]);
  } finally {
    cancels.forEach((cancel) => cancel());
  }
}
