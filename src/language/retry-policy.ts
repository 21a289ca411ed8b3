import type { RetryPolicy } from "../domain/definition/plan.ts";
import { parseDuration } from "./durations.ts";
import type { RecipeRetry } from "./recipe-schema.ts";

/** What is retried, and how, when a recipe does not say. */
export const RETRY_DEFAULT: RetryPolicy = {
  attempts: 3,
  delayMs: 1000,
  backoff: "exponential",
  factor: 2,
  delayMsMax: 5 * 60_000,
  jitter: "full",
  on: null,
};

/**
 * Fills in what a retry policy does not say.
 *
 * @param written - As in the recipe; undefined when it is not given, false for one try.
 * @param base - What holds where `written` says nothing.
 * @returns The whole policy.
 */
export function completeRetry(written: RecipeRetry | undefined, base: RetryPolicy): RetryPolicy {
  if (written === undefined) {
    return base;
  }
  if (written === false) {
    return { ...base, attempts: 1 };
  }
  return {
    attempts: written.attempts ?? base.attempts,
    delayMs: readDuration(written.delay, base.delayMs),
    backoff: written.backoff ?? base.backoff,
    factor: written.factor ?? base.factor,
    delayMsMax: readDuration(written.maxDelay, base.delayMsMax),
    jitter: written.jitter ?? base.jitter,
    on: written.on ?? base.on,
  };
}

/**
 * Reads a duration of a recipe whose shape is right.
 *
 * @param text - As written, or undefined when it is not given.
 * @param fallbackMs - What holds then.
 * @returns Milliseconds.
 */
export function readDuration<Fallback>(text: string | undefined, fallbackMs: Fallback): number | Fallback {
  return text === undefined ? fallbackMs : (parseDuration(text) ?? fallbackMs);
}
