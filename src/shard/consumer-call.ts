import type { Assignment, StepError } from "../domain/run/outcome.ts";
import type { Execute } from "./dispatch/attempts.ts";
import type { SettleReport } from "./rpc.ts";

/** What calling a consumer needs. */
export interface ConsumerCallPorts {
  /** The call to the consumer function. */
  readonly call: (assignment: Assignment) => Promise<void>;
  /** Settles an attempt that could not even be handed over. */
  readonly settle: (report: SettleReport) => Promise<unknown>;
}

/** How the runtime words that the arguments of a call are over its limit of 32 MiB. */
const TOO_LARGE = /limited to \d+ ?MiB/;

/**
 * Makes the way from a shard to its consumers. A step that cannot be handed over fails at once, with the reason:
 * another try could not help, and without a report each would be waited for until its lease ends.
 *
 * @param ports - The call and the report.
 * @returns A function that rejects when the call was lost.
 */
export function createExecute({ call, settle }: ConsumerCallPorts): Execute {
  return async (assignment) => {
    const { runId, stepKey, attempt, token } = assignment;
    try {
      await call(assignment);
    } catch (error) {
      const failed = describeRefusedCall(error);
      if (failed === null) {
        throw error;
      }
      await settle({
        runId,
        stepKey,
        attempt,
        token,
        outcome: { kind: "failed", error: failed, retryable: false, retryAfterMs: null },
      });
    }
  };
}

/** Null when the call was made, and lost on its way. */
function describeRefusedCall(error: unknown): StepError | null {
  if (!(error instanceof Error)) {
    return null;
  }
  if (TOO_LARGE.test(error.message)) {
    const message =
      "the step reads more than 32 MiB of outputs and input at once; let the steps before it pass on less";
    return { code: "reads_too_large", message };
  }
  // A value that is no plain data, or that nests deeper than the runtime can follow.
  if (error.name === "DataCloneError" || error instanceof RangeError) {
    const reason = error.message.slice(0, 300);
    const message = `the step cannot be handed to its consumer with what it reads: ${reason} This is a mistake inside Baton; read other values, or report it`;
    return { code: "reads_not_sendable", message };
  }
  return null;
}
