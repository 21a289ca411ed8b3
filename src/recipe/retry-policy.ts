import { isJsonObject, type Json } from "../domain/json.ts";
import type { Backoff, RetryPolicy } from "../domain/retry/policy.ts";
import { parseDuration } from "../language/durations.ts";

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

const BACKOFFS: readonly Backoff[] = ["exponential", "linear", "fixed"];
const JITTERS: readonly RetryPolicy["jitter"][] = ["full", "none"];

/**
 * Fills in what a retry policy does not say.
 *
 * @param written - As in the recipe; undefined when it is not given, false for one try.
 * @param base - What holds where `written` says nothing.
 * @returns The whole policy.
 */
export function completeRetry(written: Json | undefined, base: RetryPolicy): RetryPolicy {
  if (written === false) {
    return { ...base, attempts: 1 };
  }
  if (!isJsonObject(written)) {
    return base;
  }
  const { attempts, delay, backoff, factor, maxDelay, jitter, on } = written;
  return {
    attempts: typeof attempts === "number" ? attempts : base.attempts,
    delayMs: readDuration(delay, base.delayMs),
    backoff: BACKOFFS.find((name) => name === backoff) ?? base.backoff,
    factor: typeof factor === "number" ? factor : base.factor,
    delayMsMax: readDuration(maxDelay, base.delayMsMax),
    jitter: JITTERS.find((name) => name === jitter) ?? base.jitter,
    on: Array.isArray(on) ? on.filter((code) => typeof code === "string") : base.on,
  };
}

/**
 * Reads a duration of a recipe whose shape is right.
 *
 * @param written - As in the recipe, or undefined when it is not given.
 * @param fallbackMs - What holds then.
 * @returns Milliseconds.
 */
export function readDuration<Fallback>(written: Json | undefined, fallbackMs: Fallback): number | Fallback {
  return typeof written === "string" ? (parseDuration(written) ?? fallbackMs) : fallbackMs;
}
