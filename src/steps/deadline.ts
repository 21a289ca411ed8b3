import { DEADLINE_GRACE_MS } from "./limits.ts";

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
 * @returns What `run` or `late` gave; rejects as `run` does.
 */
export async function runWithDeadline<Result>(work: DeadlineWork<Result>): Promise<Result> {
  const controller = new AbortController();
  const timers: ReturnType<typeof setTimeout>[] = [];
  const late = new Promise<Result>((resolve) => {
    timers.push(setTimeout(() => controller.abort(), work.timeoutMs));
    timers.push(setTimeout(() => resolve(work.late()), work.timeoutMs + DEADLINE_GRACE_MS));
  });
  try {
    return await Promise.race([work.run(controller.signal), late]);
  } finally {
    timers.forEach((timer) => clearTimeout(timer));
  }
}
