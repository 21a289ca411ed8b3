import type { RunId } from "../../../domain/ids.ts";
import type { Command, PayloadIssue } from "../../../domain/run/command.ts";
import { suggestHint } from "../../../language/suggest.ts";
import type { CommandReply } from "../../../ledger/request.ts";
import { problem, type Problem } from "../problem.ts";
import type { ShardClient } from "../services.ts";
import { refuseUnanswered } from "../shard-refusal.ts";

/**
 * Changes a run.
 *
 * @param shards - The way to the run's shard.
 * @param runId - The run.
 * @param command - The change.
 * @returns Null when it is done, or why it is refused.
 */
export async function commandRun(shards: ShardClient, runId: RunId, command: Command): Promise<Problem | null> {
  const outcome = await sendCommand(shards, runId, command);
  return outcome.kind === "problem" ? outcome : null;
}

/** A change that is made: now, or by an earlier command with the same idempotency key. */
type Done = Extract<CommandReply, { kind: "applied" | "replayed" }>;

/**
 * Changes a run, and tells whether the change had been made before.
 *
 * @param shards - The way to the run's shard.
 * @param runId - The run.
 * @param command - The change.
 * @returns What was done, or why it is refused.
 */
export async function sendCommand(shards: ShardClient, runId: RunId, command: Command): Promise<Done | Problem> {
  const result = await shards.command({ type: "command", runId, command });
  if (!result.ok) {
    return refuseUnanswered(result);
  }
  const reply = result.value;
  return reply.kind === "applied" || reply.kind === "replayed" ? reply : refuse(runId, command, reply);
}

function refuse(runId: RunId, command: Command, reply: Exclude<CommandReply, Done>): Problem {
  switch (reply.kind) {
    case "unknown_run":
      return noRun(runId);
    case "unknown_step":
      return noStep(runId, reply.stepKey);
    case "conflict":
      return problem("run_state_conflict", reply.detail, { members: { runStatus: reply.status } });
    case "unknown_signal":
      return noSignal(command.type === "signal" ? command.name : "", reply.names);
    case "invalid_payload":
      return refusePayload(reply.issues);
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

/**
 * Makes the refusal of a signal that no step waits for.
 *
 * @param name - The signal.
 * @param names - What the steps of the workflow wait for.
 * @returns The refusal.
 */
export function noSignal(name: string, names: readonly string[]): Problem {
  const known = names.length === 0 ? "it waits for none" : suggestHint(name, names).replace(/\?$/, "");
  return problem("signal_not_found", `no step of the workflow waits for a signal \`${name}\`; ${known}`);
}

/**
 * Makes the refusal of a payload.
 *
 * @param issues - What is wrong with it.
 * @returns The refusal.
 */
export function refusePayload(issues: readonly PayloadIssue[]): Problem {
  return problem("invalid_payload", "the payload is not what the signal asks for; see `issues`", {
    issues: issues.map(({ path, message }) => ({ path, code: "invalid_payload", message })),
  });
}
