import type { RunId } from "../../domain/ids.ts";
import type { Json, JsonObject } from "../../domain/json.ts";
import { isRunEnded } from "../../domain/run/transitions.ts";
import { viewInstant } from "../http/fields.ts";
import { problem, type Problem } from "../http/problem.ts";
import { noSignal } from "../runs/refusals.ts";
import type { DeclaredSignal, SignalRecord } from "./port.ts";
import type { SignalProof } from "./proof.ts";

/** What somebody is asked for. */
export interface SignalAsk {
  readonly name: string;
  readonly runId: RunId;
  readonly workflow: string;
  readonly startedBy: string;
  readonly startedAt: Date;
  /**
   * `not_yet`: no step waits for it yet, and it is kept until one does. `answered`: a signal came by this address, and
   * another one would change nothing.
   */
  readonly state: "waiting" | "not_yet" | "answered";
  /** The step that waits; null when none does. */
  readonly step: string | null;
  readonly since: Date | null;
  /** When the step stops waiting; null: it waits as long as it takes. */
  readonly until: Date | null;
  readonly answeredAt: Date | null;
  readonly addressExpiresAt: Date;
  /** JSON Schema of the payload; null when anything goes. */
  readonly schema: JsonObject | null;
}

/**
 * Says what is asked for at an address.
 *
 * @param record - The run.
 * @param name - The signal.
 * @param proof - What the address says of itself.
 * @returns What is asked for; or that the run has ended, waits for no such signal, or does so no more.
 */
export function describeAsk(record: SignalRecord, name: string, proof: SignalProof): SignalAsk | Problem {
  const { workflow, startedBy, startedAt, wait, answeredAt } = record;
  const declared = record.declared.find((each) => each.name === name) ?? null;
  const refusal = answeredAt === null ? findRefusal(record, name, declared) : null;
  if (refusal !== null) {
    return refusal;
  }
  const { stepKey, since, until, schema } = wait ?? { ...NO_WAIT, schema: declared?.schema ?? null };
  const state = wait === null ? "not_yet" : "waiting";
  return {
    name,
    runId: proof.runId,
    workflow,
    startedBy,
    startedAt,
    state: answeredAt === null ? state : "answered",
    step: stepKey,
    since,
    until,
    answeredAt,
    addressExpiresAt: proof.expiresAt,
    schema,
  };
}

const NO_WAIT = { stepKey: null, since: null, until: null };

function findRefusal(record: SignalRecord, name: string, declared: DeclaredSignal | null): Problem | null {
  const { status } = record;
  if (declared === null) {
    return noSignal(name, [...new Set(record.declared.map((each) => each.name))]);
  }
  if (isRunEnded(status)) {
    const detail = `the run is ${status}; only a run that has not ended takes signals`;
    return problem("run_state_conflict", detail, { members: { runStatus: status } });
  }
  if (record.wait === null && record.isPast) {
    const detail = `the run waits for \`${name}\` no more: it was answered, or its time was up`;
    return problem("run_state_conflict", detail, { members: { runStatus: status } });
  }
  return null;
}

/**
 * Shows what is asked for, for programs.
 *
 * @param ask - What is asked for.
 * @returns The same as JSON.
 */
export function viewAsk(ask: SignalAsk): Json {
  const { name, schema, state, runId, workflow, step, startedBy } = ask;
  return {
    signal: name,
    state,
    schema,
    runId,
    workflow,
    step,
    startedBy,
    startedAt: ask.startedAt.toISOString(),
    since: viewInstant(ask.since),
    until: viewInstant(ask.until),
    answeredAt: viewInstant(ask.answeredAt),
    addressExpiresAt: ask.addressExpiresAt.toISOString(),
  };
}
