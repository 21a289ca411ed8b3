import { problem, type Problem, unavailable } from "../../api/http/problem.ts";

/**
 * Tells the client why a shard gave no answer.
 *
 * @param failure - What came back over RPC.
 * @returns 503 for what may work in a moment, else a fault of ours.
 */
export function refuseUnanswered(failure: { readonly code: string; readonly message: string }): Problem {
  return failure.code.endsWith("_unavailable")
    ? unavailable(`${failure.message}; try again in a moment`)
    : problem("internal_error", "the change could not be made; it is in the log with the id of this request");
}
