import { UnavailableError } from "../domain/errors.ts";
import type { RpcResult } from "../runtime/rpc-result.ts";

/** Waits between tries to report an outcome, in ms; the last is repeated. */
const DELAYS_MS = [50, 200, 1_000, 3_000, 5_000] as const;
const DELAY_MS_MAX = 5_000;

/** Tries while the shard or PostgreSQL is away: ten minutes. The work is done, and to do it again costs more. */
const TRIES_MAX = 124;

/** Tries when the shard can save other outcomes, but not this one. */
const REFUSALS_MAX = 6;

/**
 * Reports the outcome of an attempt until it is saved, or nobody wants it any more. The call that asked for the attempt
 * stays open meanwhile, so its lease is renewed.
 *
 * @param settle - Brings the outcome to the shard.
 * @param delay - Waits, in ms.
 * @throws UnavailableError when nobody took it in all that time; the attempt is repeated once its lease has ended.
 */
export async function reportOutcome(
  settle: () => Promise<RpcResult<unknown>>,
  delay: (ms: number) => Promise<void>,
): Promise<void> {
  let refusals = 0;
  for (let tries = 0; tries < TRIES_MAX && refusals < REFUSALS_MAX; tries += 1) {
    const answer = await askOnce(settle);
    if (answer === "saved") {
      return;
    }
    refusals += answer === "refused" ? 1 : 0;
    await delay(DELAYS_MS[tries] ?? DELAY_MS_MAX);
  }
  throw new UnavailableError("shard", "the outcome of an attempt could not be reported; it will be repeated");
}

async function askOnce(settle: () => Promise<RpcResult<unknown>>): Promise<"saved" | "refused" | "away"> {
  try {
    const result = await settle();
    if (result.ok) {
      return "saved";
    }
    return result.code.endsWith("_unavailable") ? "away" : "refused";
  } catch {
    // The shard was restarted while it was called.
    return "away";
  }
}
