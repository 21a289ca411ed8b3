import type { RunId } from "../../domain/ids.ts";
import type { Command } from "../../domain/run/command.ts";
import { refuseUnanswered } from "../../functions/api/shard-refusal.ts";
import { problem, type Problem } from "../http/problem.ts";
import type { ShardClient } from "../services.ts";

/**
 * Changes a run.
 *
 * @param shards - The way to the run's shard.
 * @param runId - The run.
 * @param command - The change.
 * @returns Null when it is done, or why it is refused.
 */
export async function commandRun(shards: ShardClient, runId: RunId, command: Command): Promise<Problem | null> {
  const result = await shards.command({ type: "command", runId, command });
  if (!result.ok) {
    return refuseUnanswered(result);
  }
  const reply = result.value;
  switch (reply.kind) {
    case "applied":
      return null;
    case "unknown_run":
      return noRun(runId);
    case "unknown_step":
      return noStep(runId, reply.stepKey);
    case "conflict":
      return problem("run_state_conflict", reply.detail, { members: { runStatus: reply.status } });
    case "lease_expired":
    case "lease_lost":
    case "begin_refused":
      // Only commands about attempts are answered so, and operators do not send them.
      return problem("internal_error", `the run answered ${command.type} with ${reply.kind}`);
  }
}

/**
 * Makes the refusal for a run that does not exist.
 *
 * @param runId - The run.
 * @returns The refusal.
 */
export function noRun(runId: RunId): Problem {
  return problem("run_not_found", `there is no run ${runId}`);
}

/**
 * Makes the refusal for a step that does not exist.
 *
 * @param runId - Its run.
 * @param step - What was asked for.
 * @returns The refusal.
 */
export function noStep(runId: RunId, step: string): Problem {
  return problem("step_not_found", `run ${runId} has no step ${step}; GET /api/runs/${runId} lists its steps`);
}
