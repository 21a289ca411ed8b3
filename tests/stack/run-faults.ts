import { ChainVerifier } from "../../src/domain/audit/chain.ts";
import type { Event } from "../../src/domain/run/event.ts";
import { isRunEnded, isRunTransition, isStepTransition } from "../../src/domain/run/transitions.ts";
import { sha256 } from "../support/sha256.ts";
import type { StoredRun } from "./stored-run.ts";

/** A run ends once, and once more for each time that an operator's `retry` begins it anew. */
const ENDS: ReadonlySet<string> = new Set(["RUN_COMPLETED", "RUN_FAILED", "RUN_CANCELED"]);

/**
 * Looks for what must not be in a run that has ended, whatever happened to it: a second end, a transition that is not
 * allowed or happened twice, a gap in its log or a hash that does not verify, counters that disagree with its steps.
 *
 * @param stored - The run, its steps and its log.
 * @returns One sentence for each fault.
 */
export function findFaults(stored: StoredRun): readonly string[] {
  const { run, events } = stored;
  const ends = events.filter(({ type }) => ENDS.has(type)).length;
  const retries = events.filter(({ type }) => type === "RUN_RETRIED").length;
  const faults = [
    ...(isRunEnded(run.status) ? [] : [`is ${run.status}`]),
    ...(ends === retries + 1 ? [] : [`ended ${ends} times after ${retries} retries`]),
  ];
  return [...faults.map((fault) => `run ${run.id} ${fault}`), ...findContradictions(stored)];
}

/**
 * Looks for what must not be in any run, under way or ended: a transition that is not allowed or happened twice, a gap in
 * its log or a hash that does not verify, counters that disagree with its steps.
 *
 * @param stored - The run, its steps and its log.
 * @returns One sentence for each fault.
 */
export function findContradictions(stored: StoredRun): readonly string[] {
  const { run, events } = stored;
  const verifier = new ChainVerifier(run.id, sha256);
  events.forEach((event) => verifier.add(event));
  const verdict = verifier.verdict(run.head);
  const faults = [
    ...(verdict.ok ? [] : [`log broken at ${verdict.brokenAt}: ${verdict.reason}`]),
    ...replayTransitions(stored),
    ...findWrongCounts(stored),
  ];
  return faults.map((fault) => `run ${run.id} ${fault}`);
}

/** Replays the log: each transition must leave from where the one before it arrived. */
function replayTransitions({ run, steps, events }: StoredRun): readonly string[] {
  const faults: string[] = [];
  const states = new Map<string | null, string>();
  for (const event of events.filter(({ to }) => to !== null)) {
    const before = states.get(event.step) ?? firstState(event.step);
    if (before !== event.from || !isAllowed(event)) {
      faults.push(`moved from ${event.from} to ${event.to} at ${event.seq} while ${event.step ?? "it"} was ${before}`);
    }
    states.set(event.step, event.to ?? "");
    if (event.step !== null && (event.to === "PENDING" || event.to === "RETRYING")) {
      forgetItems(states, event.step);
    }
  }
  const rows = [{ key: null, status: run.status }, ...steps];
  return [
    ...faults,
    ...rows
      .filter(({ key, status }) => (states.get(key) ?? firstState(key)) !== status)
      .map(({ key, status }) => `has ${key ?? "its row"} as ${status}, its log says ${states.get(key)}`),
  ];
}

/** An item is made when it opens: its block is under way then. */
function firstState(key: string | null): string | null {
  return key === null ? null : key.endsWith("]") ? "WAITING" : "PENDING";
}

/** A `foreach` that begins anew makes its items anew. */
function forgetItems(states: Map<string | null, string>, foreach: string): void {
  for (const key of [...states.keys()].filter((one) => one?.startsWith(`${foreach}[`) === true)) {
    states.delete(key);
  }
}

function isAllowed(event: Event): boolean {
  if (event.to === null || event.from === null) return event.type === "RUN_CREATED";
  return event.step === null ? isRunTransition(event.from, event.to) : isStepTransition(event.from, event.to);
}

function findWrongCounts({ run, steps, events }: StoredRun): readonly string[] {
  const { counts } = run;
  const begun = events.filter(({ type }) => type === "STEP_STARTED").length;
  const expected = {
    blocked: steps.filter(({ status, pending_needs: needs }) => status === "PENDING" && needs > 0).length,
    ready: steps.filter(({ status, pending_needs: needs }) => status === "PENDING" && needs === 0).length,
    running: countOf(steps, "RUNNING"),
    retrying: countOf(steps, "RETRYING"),
    waiting: countOf(steps, "WAITING"),
    completed: countOf(steps, "COMPLETED"),
    failed: countOf(steps, "FAILED"),
    skipped: countOf(steps, "SKIPPED"),
    canceled: countOf(steps, "CANCELED"),
    attempts: begun,
  };
  const wrong = Object.entries(expected).filter(([name, count]) => Reflect.get(counts, name) !== count);
  // Of items that were made anew, the attempts before that are in the log alone.
  const known = steps.reduce((sum, { attempt }) => sum + attempt, 0);
  return [
    ...wrong.map(([name, count]) => `counts ${String(Reflect.get(counts, name))} ${name}, has ${count}`),
    ...(known <= begun ? [] : [`has ${known} attempts, its log ${begun}`]),
  ];
}

function countOf(steps: StoredRun["steps"], status: string): number {
  return steps.filter((step) => step.status === status).length;
}
