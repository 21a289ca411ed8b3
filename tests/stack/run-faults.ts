import { ChainVerifier } from "../../src/domain/audit/chain.ts";
import { containerOf, parsePath } from "../../src/domain/path.ts";
import type { Event } from "../../src/domain/run/event.ts";
import { isRunEnded, isRunTransition, isStepTransition } from "../../src/domain/run/transitions.ts";
import { sha256 } from "../support/sha256.ts";
import type { StoredRun, StoredStep } from "./stored-run.ts";

/** A run ends once, and once more for each time that an operator's `retry` begins it anew. */
const ENDS: ReadonlySet<string> = new Set(["RUN_COMPLETED", "RUN_FAILED", "RUN_CANCELED"]);

/**
 * Looks for what must not be in a run that has ended, whatever happened to it: a second end, a transition that is not
 * allowed or happened twice, a gap in its log or a hash that does not verify, counters (of the run, of a `foreach`, of an
 * item) that disagree with its steps.
 *
 * @param stored - The run, its steps and its log.
 * @returns One sentence for each fault.
 */
export function findFaults(stored: StoredRun): readonly string[] {
  const { run, steps, events } = stored;
  const ends = events.filter(({ type }) => ENDS.has(type)).length;
  const retries = events.filter(({ type }) => type === "RUN_RETRIED").length;
  const faults = [
    ...(isRunEnded(run.status) ? [] : [`is ${run.status}`]),
    ...(ends === retries + 1 ? [] : [`ended ${ends} times after ${retries} retries`]),
    ...steps.flatMap((step) => findWrongProgress(step, steps)),
  ];
  return [...faults.map((fault) => `run ${run.id} ${fault}`), ...findContradictions(stored)];
}

/**
 * Looks for what must not be in any run, under way or ended: a transition that is not allowed or happened twice, a gap in
 * its log or a hash that does not verify, counters of the run that disagree with its steps.
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
  const states = new Map<string | null, string | null>([[null, null]]);
  for (const event of events.filter(({ to }) => to !== null)) {
    const before = states.get(event.step) ?? startOf(event.step);
    if (before !== event.from || !isAllowed(event)) {
      faults.push(`moved from ${event.from} to ${event.to} at ${event.seq} while ${event.step ?? "it"} was ${before}`);
    }
    if (isAnew(event)) {
      forgetItems(states, `${event.step}[`);
    }
    states.set(event.step, event.to);
  }
  const rows = new Map<string | null, string>([
    [null, run.status],
    ...steps.map(({ key, status }) => [key, status] as const),
  ]);
  const gone = [...states.keys()].filter((key) => !rows.has(key));
  return [
    ...faults,
    ...gone.map((key) => `has no row of ${key}, its log says ${states.get(key)}`),
    ...[...rows]
      .map(([key, status]) => ({ key, status, said: states.get(key) ?? startOf(key) }))
      .filter(({ status, said }) => status !== said)
      .map(({ key, status, said }) => `has ${key ?? "its row"} as ${status}, its log says ${said}`),
  ];
}

/** How the log takes a row to begin: an item is made open, without an event. */
function startOf(key: string | null): string | null {
  if (key === null) return null;
  const isItem = typeof parsePath(key)?.item === "number";
  return isItem ? "WAITING" : "PENDING";
}

/** A `foreach` that begins anew has no items any more, whatever they did. */
function isAnew({ step, to }: Event): boolean {
  return step !== null && (to === "PENDING" || to === "RETRYING");
}

function forgetItems(states: Map<string | null, unknown>, prefix: string): void {
  for (const key of states.keys()) {
    if (key?.startsWith(prefix) === true) states.delete(key);
  }
}

function isAllowed(event: Event): boolean {
  if (event.to === null || event.from === null) return event.type === "RUN_CREATED";
  return event.step === null ? isRunTransition(event.from, event.to) : isStepTransition(event.from, event.to);
}

function findWrongCounts({ run, steps, events }: StoredRun): readonly string[] {
  const { counts } = run;
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
    // Those of items that are gone were begun all the same.
    attempts: events.filter(({ type }) => type === "STEP_STARTED").length,
  };
  const wrong = Object.entries(expected).filter(([name, count]) => Reflect.get(counts, name) !== count);
  return [
    ...wrong.map(([name, count]) => `counts ${String(Reflect.get(counts, name))} ${name}, has ${count}`),
    ...findWrongAttempts({ steps, events }),
  ];
}

function findWrongAttempts({ steps, events }: Pick<StoredRun, "steps" | "events">): readonly string[] {
  const begun = new Map<string | null, number>();
  for (const event of events) {
    if (isAnew(event)) {
      forgetItems(begun, `${event.step}[`);
    }
    if (event.type === "STEP_STARTED") {
      begun.set(event.step, (begun.get(event.step) ?? 0) + 1);
    }
  }
  return steps
    .filter(({ key, attempt }) => attempt !== (begun.get(key) ?? 0))
    .map(({ key, attempt }) => `began ${attempt} attempts of ${key}, its log says ${begun.get(key) ?? 0}`);
}

/** What a `foreach` knows of its items, and an item that is over of its block. */
function findWrongProgress({ key, status, waiting_for: on }: StoredStep, steps: StoredRun["steps"]): readonly string[] {
  if (on?.kind === "block") {
    const isOver = status === "COMPLETED" || status === "FAILED";
    return isOver && on.unfinished + on.atWork > 0 ? [`ended ${key} with ${on.unfinished} of its steps not done`] : [];
  }
  if (on?.kind !== "items") {
    return [];
  }
  const items = steps.filter((step) => step.type === "item" && containerOf(step.key) === key);
  const { total, opened, open, again, completed, failed } = on;
  const expected = {
    opened: items.length,
    completed: countOf(items, "COMPLETED"),
    failed: countOf(items, "FAILED"),
    ...(status === "CANCELED" ? {} : { open: 0 }),
    ...(status === "COMPLETED" ? { total: items.length, again: 0 } : {}),
  };
  const known: Readonly<Record<string, number>> = { total, opened, open, again, completed, failed };
  return Object.entries(expected)
    .filter(([name, count]) => known[name] !== count)
    .map(([name, count]) => `says ${known[name]} items of ${key} ${name}, has ${count}`);
}

function countOf(steps: StoredRun["steps"], status: string): number {
  return steps.filter((step) => step.status === status).length;
}
