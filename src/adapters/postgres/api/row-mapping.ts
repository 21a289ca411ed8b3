import type { PayloadPreview } from "../../../api/runs/port.ts";
import type { DeclaredSignal, SignalWait } from "../../../api/signals/port.ts";
import type { RunId, StepKey, WorkflowName } from "../../../domain/ids.ts";
import type { Json, JsonObject } from "../../../domain/json.ts";
import { indexPlan } from "../../../domain/plan/plan-index.ts";
import type { StoredPlan } from "../../../domain/plan/plan.ts";
import type { Event } from "../../../domain/run/event.ts";
import type { WaitingFor } from "../../../domain/run/waiting.ts";

/** A row of `events` as the API selects it, the hashes in hex. */
export interface EventRow {
  readonly runId: string;
  readonly seq: number;
  readonly at: Date;
  readonly type: string;
  readonly step: string | null;
  readonly attempt: number | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly actor: string;
  readonly data: JsonObject;
  readonly prevHash: string;
  readonly hash: string;
}

/** The beginning of a payload's text; `text` is null when it is longer than what is shown whole. */
export interface PayloadRow {
  readonly bytes: number | null;
  readonly text: string | null;
  readonly preview: string | null;
}

/**
 * Makes an event of its row. The ledger is the only writer of events, so a row has the shape of its type; one that was
 * tampered with is for `verify` to find.
 *
 * @param row - A row of `events`.
 * @returns The event.
 */
export function eventOf(row: EventRow): Event {
  return row as unknown as Event;
}

/**
 * Gives the id of a row its type.
 *
 * @param id - The `id` of a run.
 * @returns The same.
 */
export function runIdOf(id: string): RunId {
  return id as RunId;
}

/**
 * Gives the name in a row its type.
 *
 * @param name - The `workflow` of a run.
 * @returns The same.
 */
export function workflowNameOf(name: string): WorkflowName {
  return name as WorkflowName;
}

/**
 * Gives the key of a row its type.
 *
 * @param key - The `key` of a step.
 * @returns The same.
 */
export function stepKeyOfRow(key: string): StepKey {
  return key as StepKey;
}

/**
 * Reads a payload that was selected as text. (Drizzle parses a JSON column that the driver has parsed before, so that
 * the JSON string `"1"` would come out as the number 1.)
 *
 * @param text - The text of a `json` column, or null.
 * @returns The value; null for SQL null.
 */
export function jsonOf(text: string | null): Json {
  return text === null ? null : (JSON.parse(text) as Json);
}

/**
 * Makes the preview of a payload.
 *
 * @param row - Its size, and its text or the beginning of it.
 * @returns The preview; null when there is no payload.
 */
export function previewOf(row: PayloadRow): PayloadPreview {
  if (row.bytes === null) {
    return null;
  }
  return row.text === null
    ? { kind: "truncated", bytes: row.bytes, preview: row.preview ?? "" }
    : { kind: "whole", value: jsonOf(row.text) };
}

/**
 * Lists what the steps of a recipe wait for.
 *
 * @param plan - Its plan.
 * @returns Signals, each with the id of the recipe's own step that waits for it or holds the items that do, in the order
 *   of the recipe.
 */
export function signalsOfPlan(plan: StoredPlan["plan"]): readonly (DeclaredSignal & { readonly rootId: string })[] {
  // A plan of an earlier format has no waits.
  const nodes = plan.format === 1 ? [] : [...indexPlan(plan).nodes.values()];
  return nodes.flatMap(({ node, enclosing }) =>
    node.type === "wait" && node.with.kind === "signal"
      ? [{ rootId: enclosing[0] ?? node.id, name: node.with.name, schema: node.with.schema }]
      : [],
  );
}

/**
 * Makes the wait for a signal of the row of its step.
 *
 * @param row - A WAITING step.
 * @returns The wait; null when it waits for something else.
 */
export function signalWaitOf(row: {
  readonly key: string;
  readonly since: Date | null;
  readonly waitingFor: WaitingFor | null;
}): SignalWait | null {
  const { key, since, waitingFor } = row;
  if (waitingFor?.kind !== "signal") {
    return null;
  }
  const { until, schema } = waitingFor;
  return { stepKey: stepKeyOfRow(key), since, until: until === null ? null : new Date(until), schema };
}
