/** How the wait between attempts grows. */
export type Backoff = "exponential" | "linear" | "fixed";

/** When and how often a failed attempt is tried again. `attempts` counts the first try. */
export interface RetryPolicy {
  readonly attempts: number;
  readonly delayMs: number;
  readonly backoff: Backoff;
  /** Growth per attempt of `exponential`. */
  readonly factor: number;
  readonly delayMsMax: number;
  readonly jitter: "full" | "none";
  /** Error codes that are retried; null means every retryable error. */
  readonly on: readonly string[] | null;
}

/** One failed attempt, as the retry policy sees it. */
export interface FailedAttempt {
  readonly code: string;
  readonly retryable: boolean;
  readonly retryAfterMs: number | null;
  /** Number of the attempt that failed, from 1. */
  readonly attempt: number;
  /** Number of the last attempt allowed. */
  readonly maxAttempts: number;
}

/** Whether there is another attempt, and how long to wait for it. */
export type RetryDecision = { readonly retry: false } | { readonly retry: true; readonly delayMs: number };

/**
 * Gives the wait before the next attempt, without jitter.
 *
 * @param policy - The step's policy.
 * @param failures - How many attempts have failed so far, from 1.
 * @returns Milliseconds, at most the policy's cap.
 */
export function backoffMs(policy: RetryPolicy, failures: number): number {
  return Math.min(policy.delayMs * growth(policy, failures), policy.delayMsMax);
}

function growth(policy: RetryPolicy, failures: number): number {
  switch (policy.backoff) {
    case "fixed":
      return 1;
    case "linear":
      return failures;
    case "exponential":
      return policy.factor ** (failures - 1);
  }
}

/**
 * Decides whether a failed attempt is followed by another. A wait that the other side asked for (`Retry-After`) is a
 * lower bound, capped like any other wait.
 *
 * @param policy - The step's policy.
 * @param failed - The attempt that failed.
 * @param fraction - A random number from 0 (inclusive) to 1, for the jitter.
 * @returns No retry, or the wait in whole milliseconds.
 */
export function decideRetry(policy: RetryPolicy, failed: FailedAttempt, fraction: number): RetryDecision {
  // A lost consumer says nothing about the step, so `on` does not keep it from being tried again.
  const isListed =
    policy.on === null || failed.code === "lease_expired" ? failed.retryable : policy.on.includes(failed.code);
  if (!isListed || failed.attempt >= failed.maxAttempts) {
    return { retry: false };
  }
  // An operator's retry grants a fresh set of attempts; the backoff starts over with it.
  const failures = failed.attempt - (failed.maxAttempts - policy.attempts);
  const backoff = backoffMs(policy, Math.max(1, failures));
  const jittered = policy.jitter === "full" ? backoff * fraction : backoff;
  const delayMs = Math.max(jittered, Math.min(failed.retryAfterMs ?? 0, policy.delayMsMax));
  return { retry: true, delayMs: Math.round(delayMs) };
}
