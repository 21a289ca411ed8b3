import type { RunId, WorkflowName } from "../domain/ids.ts";
import type { Json } from "../domain/json.ts";
import type { Actor, Command, Reply, ValueIssue } from "../domain/run/command.ts";
import type { Run } from "../domain/run/run.ts";

/** Makes a run. */
export interface StartRequest {
  readonly type: "start";
  readonly runId: RunId;
  readonly workflow: WorkflowName;
  /** Null: the latest. */
  readonly version: number | null;
  readonly input: Json;
  /** Labels on top of the recipe's. */
  readonly labels: Readonly<Record<string, string>>;
  readonly idempotency: { readonly key: string; readonly requestHash: string } | null;
  readonly rerunOf: RunId | null;
  readonly actor: Actor;
}

/** Changes a run. */
export interface CommandRequest {
  readonly type: "command";
  readonly runId: RunId;
  readonly command: Command;
}

/** Anything that the ledger can be asked for. */
export type LedgerRequest = StartRequest | CommandRequest;

/** What a start came to. */
export type StartReply =
  | { readonly kind: "started"; readonly run: Run }
  | { readonly kind: "replayed"; readonly runId: RunId }
  | { readonly kind: "idempotency_conflict"; readonly runId: RunId }
  | { readonly kind: "unknown_workflow" }
  | { readonly kind: "workflow_disabled" }
  | { readonly kind: "unknown_version"; readonly latestVersion: number }
  | { readonly kind: "invalid_input"; readonly issues: readonly ValueIssue[] };

/** What a command came to. */
export type CommandReply = Reply | { readonly kind: "unknown_run" };

/** What a request came to. */
export type LedgerReply = StartReply | CommandReply;

const START_KINDS = {
  started: true,
  replayed: true,
  idempotency_conflict: true,
  unknown_workflow: true,
  workflow_disabled: true,
  unknown_version: true,
  invalid_input: true,
} as const satisfies Record<StartReply["kind"], true>;

/**
 * Tells the replies to starts from those to commands.
 *
 * @param reply - Any reply.
 * @returns Whether it answers a start.
 */
export function isStartReply(reply: LedgerReply): reply is StartReply {
  return reply.kind in START_KINDS;
}
