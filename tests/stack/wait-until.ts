const POLL_MS_DEFAULT = 20;

/** How long to wait, and for what. */
export interface WaitOptions {
  /** Completes the sentence "gave up waiting until ...". */
  readonly until: string;
  readonly timeoutMs?: number;
  /** Time between two askings. */
  readonly pollMs?: number;
}

/** A last resort: on a machine that does much else, a stack takes ten times as long for everything. */
export const TIMEOUT_MS_DEFAULT = 40_000;

/**
 * Waits for a condition by asking again and again. An error while asking counts as "not yet": servers restart here.
 *
 * @param ask - Gives the value waited for, or null.
 * @param options - How long to wait, and for what.
 * @returns The first value that is not null. Rejects when the time is up, with the last error as its cause.
 */
export async function waitUntil<Value>(
  ask: () => Promise<Value | null> | Value | null,
  { until, timeoutMs = TIMEOUT_MS_DEFAULT, pollMs = POLL_MS_DEFAULT }: WaitOptions,
): Promise<Value> {
  const end = performance.now() + timeoutMs;
  let cause: unknown;
  while (performance.now() < end) {
    try {
      const value = await ask();
      if (value !== null) return value;
    } catch (error) {
      cause = error;
    }
    await delay(pollMs);
  }
  throw new Error(`gave up after ${timeoutMs} ms waiting until ${until}`, { cause });
}

/**
 * Lets time pass, where a test is about time and not about a condition.
 *
 * @param ms - How long.
 */
export async function delay(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
