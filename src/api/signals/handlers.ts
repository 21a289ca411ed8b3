import type { z } from "@hono/zod-openapi";
import type { RunId } from "../../domain/ids.ts";
import type { SignalCommand } from "../../domain/run/command.ts";
import type { Answer } from "../http/answer.ts";
import { readIdempotencyKey } from "../http/parse-request.ts";
import type { Problem } from "../http/problem.ts";
import { serveOperation, type ServedOperation } from "../http/serve-operation.ts";
import { sendCommand } from "../runs/commands.ts";
import type { ShardClient } from "../services.ts";
import { type SentSignal, sendSignal } from "./contract.ts";

/** Bytes of the key of a signal that came without one. */
const KEY_BYTES = 16;

/** Signals over the API. */
export const signalOperations: readonly ServedOperation[] = [
  serveOperation(sendSignal, async ({ params, body, headers, actor, services }) => {
    const key = readIdempotencyKey(headers);
    if (key.kind === "problem") {
      return key;
    }
    return deliverSignal(services.shards, params.id, {
      type: "signal",
      name: params.name,
      idempotencyKey: key.value ?? `once:${hexOf(services.randomBytes(KEY_BYTES))}`,
      payload: body ?? null,
      actor: actor ?? "system",
    });
  }),
];

/**
 * Sends a signal to a run.
 *
 * @param shards - The way to the run's shard.
 * @param runId - The run.
 * @param signal - The signal.
 * @returns Whether it was new, or why it was refused.
 */
export async function deliverSignal(
  shards: ShardClient,
  runId: RunId,
  signal: SignalCommand,
): Promise<Answer<z.output<typeof SentSignal>> | Problem> {
  const result = await sendCommand(shards, runId, signal);
  if (result.kind === "problem") {
    return result;
  }
  return result.kind === "already_received"
    ? { kind: "accepted", body: { status: "replayed", runId }, headers: { "Idempotent-Replayed": "true" } }
    : { kind: "accepted", body: { status: "accepted", runId } };
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
