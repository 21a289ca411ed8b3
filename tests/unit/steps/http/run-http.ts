import type { Json } from "../../../../src/domain/json.ts";
import type { Outcome } from "../../../../src/domain/run/outcome.ts";
import { runWithDeadline } from "../../../../src/steps/deadline.ts";
import { executeHttp } from "../../../../src/steps/http/execute.ts";
import { createPorts } from "../local-server.ts";

/** The idempotency key of every call made here. */
export const IDEMPOTENCY_KEY = "run-1:call";

/** What a test may say about the attempt. */
export interface RunHttpOptions {
  readonly timeoutMs?: number;
  readonly allowPrivateAddresses?: boolean;
}

/**
 * Executes one attempt of an `http` step over the real network stack.
 *
 * @param resolved - Its resolved parameters.
 * @param options - 5 s and local addresses allowed when not given.
 * @returns The outcome.
 */
export function runHttp(resolved: Json, options: RunHttpOptions = {}): Promise<Outcome> {
  const { timeoutMs = 5_000, allowPrivateAddresses = true } = options;
  const ports = createPorts(allowPrivateAddresses);
  return runWithDeadline(
    {
      timeoutMs,
      run: (signal) => executeHttp({ node: { timeoutMs }, resolved, idempotencyKey: IDEMPOTENCY_KEY, signal }, ports),
      late: () => {
        throw new Error("the call did not heed its signal");
      },
    },
    ports.after,
  );
}
