import type { z } from "@hono/zod-openapi";
import { parseStepKey, type RunId } from "../../domain/ids.ts";
import type { Json } from "../../domain/json.ts";
import type { Command } from "../../domain/run/command.ts";
import { checkInput } from "../../language/input-schema.ts";
import type { CommandReply } from "../../ledger/request.ts";
import { type Answer, ok } from "../http/answer.ts";
import type { Call } from "../http/call.ts";
import { problem, type Problem, refuseUnanswered } from "../http/problem.ts";
import { serveOperation, type ServedOperation } from "../http/serve-operation.ts";
import type { ShardClient } from "../services.ts";
import { cancelRun, pauseRun, resumeRun, retryRun } from "./contract.ts";
import { noRun, noSignal, noStep, refuseInput, refusePayload } from "./refusals.ts";
import type { Run } from "./shapes.ts";
import { viewRun } from "./view.ts";

type RunView = z.output<typeof Run>;
type RunCall = Pick<Call<{ readonly id: RunId }, unknown, unknown>, "params" | "services" | "database">;

/** What operators do to a run. */
export const runCommandOperations: readonly ServedOperation[] = [
  serveOperation(cancelRun, async (call) => {
    const reason = call.body?.reason ?? null;
    return apply(call, { type: "cancel", actor: actorOf(call), reason });
  }),
  serveOperation(pauseRun, async (call) => {
    const reason = call.body?.reason ?? null;
    return apply(call, { type: "pause", actor: actorOf(call), reason });
  }),
  serveOperation(resumeRun, async (call) => apply(call, { type: "resume", actor: actorOf(call) })),
  serveOperation(retryRun, async (call) => {
    const { from, input } = call.body ?? {};
    const stepKey = from === undefined ? null : parseStepKey(from);
    if (from !== undefined && stepKey === null) {
      return noStep(call.params.id, from);
    }
    if (input === undefined) {
      return apply(call, { type: "retry", actor: actorOf(call), from: stepKey });
    }
    const checked = await checkNewInput(call, input);
    return checked.kind === "problem"
      ? checked
      : apply(call, { type: "retry", actor: actorOf(call), from: stepKey, input: checked.input });
  }),
];

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
type Done = Extract<CommandReply, { kind: "applied" | "already_received" }>;

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
  return reply.kind === "applied" || reply.kind === "already_received" ? reply : refuse(runId, command, reply);
}

/** Replies to commands about attempts, which operators do not send. */
type AboutAttempt = Extract<CommandReply, { kind: "lease_expired" | "lease_lost" | "wake_refused" }>;

function isAboutAttempt(reply: CommandReply): reply is AboutAttempt {
  return reply.kind === "lease_expired" || reply.kind === "lease_lost" || reply.kind === "wake_refused";
}

function refuse(runId: RunId, command: Command, reply: Exclude<CommandReply, Done>): Problem {
  if (isAboutAttempt(reply)) {
    return problem("internal_error", `the run answered ${command.type} with ${reply.kind}`);
  }
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
  }
}

async function apply(call: RunCall, command: Command): Promise<Answer<RunView> | Problem> {
  const { params, services, database } = call;
  const refusal = await commandRun(services.shards, params.id, command);
  if (refusal !== null) {
    return refusal;
  }
  const run = await database.runs.find(params.id);
  return run === null ? noRun(params.id) : ok(viewRun(run));
}

async function checkNewInput(
  call: RunCall,
  input: Json,
): Promise<{ readonly kind: "checked"; readonly input: Json } | Problem> {
  const found = await call.database.runs.findInputSchema(call.params.id);
  if (found === null) {
    return noRun(call.params.id);
  }
  const checked = checkInput(found.schema, input);
  if (checked.ok) {
    return { kind: "checked", input: checked.input };
  }
  return refuseInput(checked.issues);
}

function actorOf(call: { readonly actor: string | null }): string {
  return call.actor ?? "system";
}
