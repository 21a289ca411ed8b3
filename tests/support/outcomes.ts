import type { Json } from "../../src/domain/json.ts";
import type { Outcome } from "../../src/domain/run/outcome.ts";

/**
 * Makes the outcome of an attempt that worked.
 *
 * @param output - What it gave.
 * @returns The outcome.
 */
export function completed(output: Json = null): Outcome {
  return { kind: "completed", output };
}

/**
 * Makes the outcome of an attempt that failed.
 *
 * @param parts - What the test cares about; by default an error that can be retried.
 * @returns The outcome.
 */
export function failed(
  parts: { readonly code?: string; readonly retryable?: boolean; readonly retryAfterMs?: number } = {},
): Outcome {
  const { code = "http_503", retryable = true, retryAfterMs = null } = parts;
  return { kind: "failed", error: { code, message: `failed with ${code}` }, retryable, retryAfterMs };
}

/** The outcome of a step whose `if` was false. */
export const SKIPPED: Outcome = { kind: "skipped" };

/** A failure that another try could not help. */
export const FATAL: Outcome = failed({ code: "http_404", retryable: false });

/**
 * Makes the outcome of a `foreach` that has found its items.
 *
 * @param values - The items.
 * @returns The outcome.
 */
export function itemsOf(...values: readonly Json[]): Outcome {
  return { kind: "waiting", on: { kind: "items", values } };
}

/**
 * Makes the outcome of a `wait` until an instant.
 *
 * @param until - The instant.
 * @returns The outcome.
 */
export function timerUntil(until: Date): Outcome {
  return { kind: "waiting", on: { kind: "timer", until: until.toISOString() } };
}

/**
 * Makes the outcome of a `wait` for the signal `decision`.
 *
 * @param until - When it gives up, or null.
 * @returns The outcome.
 */
export function decisionUntil(until: Date | null = null): Outcome {
  return {
    kind: "waiting",
    on: { kind: "signal", name: "decision", until: until?.toISOString() ?? null, schema: null },
  };
}
