import { chainEvents, type Hash } from "../domain/audit/chain.ts";
import { InvariantError } from "../domain/errors.ts";
import type { RunId, StepKey } from "../domain/ids.ts";
import type { Json } from "../domain/json.ts";
import { itemPlaceOf } from "../domain/path.ts";
import { nodeOf, type PlanIndex } from "../domain/plan/plan-index.ts";
import { readKeyOf } from "../domain/run/concerns.ts";
import type { Decision, StepPayload } from "../domain/run/decision.ts";
import type { Event, EventDraft } from "../domain/run/event.ts";
import { keyOf, type Mail } from "../domain/run/mailbox.ts";
import type { Run, RunSeed, RunState } from "../domain/run/run.ts";
import type { RunningStep, Step } from "../domain/run/step.ts";
import type { EarlierRun, FoundRows, ItemValueRef, LoadedRows, SaveRequest, StepRef } from "./ports.ts";

/** A message to put on the queue (visible from an instant on) or to take off it (null). */
export interface QueueChange {
  readonly runId: RunId;
  /** The text of what may be due: a step's key, or the deadline's. */
  readonly target: string;
  readonly visibleAt: Date | null;
}

/** An attempt that a batch began. */
export interface BegunAttempt {
  readonly step: RunningStep;
  readonly plan: PlanIndex;
}

interface RunEntry {
  run: Run;
  readonly steps: Map<StepKey, Step>;
  /** What a new run was made of; null for a run that was there before. */
  readonly seed: RunSeed | null;
  changed: boolean;
  input: Json | undefined;
  /** Signals, oldest first. */
  readonly mail: Mail[];
  readonly changedMail: Set<string>;
  readonly changedSteps: Set<StepKey>;
  readonly createdSteps: Set<StepKey>;
  readonly emptied: Set<StepKey>;
  readonly payloads: Map<StepKey, StepPayload>;
  readonly items: Map<StepKey, readonly Json[]>;
  readonly drafts: EventDraft[];
  readonly messages: Map<string, Date | null>;
}

/** The runs of one batch as its commands change them one after another; nothing is written before all have decided. */
export class BatchState {
  readonly #entries = new Map<RunId, RunEntry>();
  readonly #begun: BegunAttempt[] = [];

  constructor(rows: LoadedRows) {
    for (const run of rows.runs.values()) {
      this.#entries.set(run.id, newEntry(run, null));
    }
    this.add(rows);
  }

  /** How many attempts the batch has begun so far. */
  get begunCount(): number {
    return this.#begun.length;
  }

  /** Takes rows that were loaded; what the batch has changed stays as it is. */
  add({ steps, mail }: FoundRows): void {
    for (const step of steps) {
      const entry = this.#entries.get(step.runId);
      if (entry !== undefined && !entry.steps.has(step.key) && !isEmptied(entry, step.key)) {
        entry.steps.set(step.key, step);
      }
    }
    for (const { runId, ...one } of mail) {
      const entry = this.#entries.get(runId);
      if (entry !== undefined && !entry.mail.some((known) => keyOf(known) === keyOf(one))) {
        entry.mail.push(one);
      }
    }
  }

  /** The run as the commands so far have left it, or undefined when it does not exist. */
  runState(runId: RunId): RunState | undefined {
    return this.#entries.get(runId);
  }

  /** Takes the decision of a start. */
  create(decision: Decision, seed: RunSeed, plan: PlanIndex): void {
    this.#entries.set(decision.run.id, newEntry(decision.run, seed));
    this.apply(decision, plan);
  }

  /** The run that an earlier start of this batch made under an idempotency key. */
  createdBy(workflow: string, key: string): EarlierRun | undefined {
    for (const { run, seed } of this.#entries.values()) {
      const idempotency = seed?.idempotency;
      if (run.workflow === workflow && idempotency?.key === key) {
        return { workflow: run.workflow, key, requestHash: idempotency.requestHash, runId: run.id };
      }
    }
    return undefined;
  }

  /** Takes the decision of a command. */
  apply(decision: Decision, plan: PlanIndex): void {
    const entry = this.#entries.get(decision.run.id);
    if (entry === undefined) {
      throw new InvariantError(`run ${decision.run.id} is not part of the batch`);
    }
    entry.changed ||= decision.run !== entry.run || decision.events.length > 0 || decision.steps.size > 0;
    entry.run = decision.run;
    entry.input = decision.input === undefined ? entry.input : decision.input;
    entry.drafts.push(...decision.events);
    takeSteps(entry, decision);
    for (const mail of decision.mail) {
      takeMail(entry, mail);
    }
    for (const [key, visibleAt] of decision.messages) {
      entry.messages.set(key, visibleAt);
    }
    for (const step of decision.begun) {
      this.#begun.push({ step, plan });
    }
  }

  /** Chains the events and gathers what is to be written. */
  seal(hash: Hash): SealedBatch {
    const events: Event[] = [];
    for (const entry of this.#entries.values()) {
      const chained = chainEvents(entry.run.id, entry.run.head, entry.drafts, hash);
      entry.run = { ...entry.run, head: chained.head };
      events.push(...chained.events);
    }
    const changed = [...this.#entries.values()].filter((entry) => entry.changed);
    const begun = this.#begun.filter(({ step }) => this.#isCurrent(step));
    return {
      begun,
      runs: changed.map((entry) => entry.run),
      attemptDurationsMs: changed.flatMap(attemptDurations),
      messages: [...this.#entries.values()].flatMap((entry) =>
        [...entry.messages].map(([target, visibleAt]) => ({ runId: entry.run.id, target, visibleAt })),
      ),
      save: {
        created: changed.flatMap((entry) =>
          entry.seed === null ? [] : [{ run: entry.run, seed: entry.seed, steps: [...entry.steps.values()] }],
        ),
        changed: changed.flatMap((entry) => (entry.seed === null ? [changedRun(entry)] : [])),
        emptied: changed.flatMap(({ run, emptied }) => [...emptied].map((stepKey) => ({ runId: run.id, stepKey }))),
        payloads: changed.flatMap((entry) =>
          [...entry.payloads].map(([stepKey, payload]) => ({ runId: entry.run.id, stepKey, ...payload })),
        ),
        items: changed.flatMap(({ run, items }) =>
          [...items].map(([stepKey, values]) => ({ runId: run.id, stepKey, values })),
        ),
        mail: changed.flatMap(({ run, mail, changedMail }) =>
          mail.filter((one) => changedMail.has(keyOf(one))).map((one) => ({ runId: run.id, ...one })),
        ),
        events,
        ...this.#reads(begun),
      },
    };
  }

  /** A run canceled later in the same batch takes its attempts back. */
  #isCurrent(step: RunningStep): boolean {
    return this.#entries.get(step.runId)?.steps.get(step.key)?.token === step.token;
  }

  #reads(begun: readonly BegunAttempt[]): Pick<SaveRequest, "inputsOf" | "resultsOf" | "itemsOf"> {
    const inputsOf = new Set<RunId>();
    const resultsOf = new Map<string, StepRef>();
    const itemsOf = new Map<string, ItemValueRef>();
    for (const { step, plan } of begun) {
      const { runId } = step;
      const { reads } = nodeOf(plan, step.nodeId);
      if (reads.input) {
        inputsOf.add(runId);
      }
      for (const id of [...reads.steps, ...reads.errors]) {
        const stepKey = readKeyOf(step.key, id, plan);
        resultsOf.set(`${runId}/${stepKey}`, { runId, stepKey });
      }
      const place = reads.item ? itemPlaceOf(step.key) : null;
      if (place !== null) {
        itemsOf.set(`${runId}/${place.stepKey}[${place.index}]`, { runId, ...place });
      }
    }
    return { inputsOf: [...inputsOf], resultsOf: [...resultsOf.values()], itemsOf: [...itemsOf.values()] };
  }
}

/** What one batch writes and what follows from it after the commit. */
export interface SealedBatch {
  readonly save: SaveRequest;
  readonly begun: readonly BegunAttempt[];
  readonly messages: readonly QueueChange[];
  /** Runs that changed, as they are now. */
  readonly runs: readonly Run[];
  /** How long the attempts took that ended in this batch. */
  readonly attemptDurationsMs: readonly number[];
}

/** From the begin of each attempt that ended to its outcome. */
function attemptDurations(entry: RunEntry): readonly number[] {
  return entry.drafts.flatMap((event) => {
    const isOutcome = event.from === "RUNNING" && event.to !== "CANCELED";
    const startedAt = isOutcome && event.step !== null ? entry.steps.get(event.step)?.startedAt : null;
    // A clock that moved back between the two makes no duration negative.
    return startedAt === null || startedAt === undefined ? [] : [Math.max(0, event.at.getTime() - startedAt.getTime())];
  });
}

function newEntry(run: Run, seed: RunSeed | null): RunEntry {
  return {
    run,
    steps: new Map(),
    seed,
    changed: seed !== null,
    input: undefined,
    mail: [],
    changedMail: new Set(),
    changedSteps: new Set(),
    createdSteps: new Set(),
    emptied: new Set(),
    payloads: new Map(),
    items: new Map(),
    drafts: [],
    messages: new Map(),
  };
}

function changedRun(entry: RunEntry): SaveRequest["changed"][number] {
  const steps = [...entry.changedSteps].flatMap((key) => entry.steps.get(key) ?? []);
  return {
    run: entry.run,
    created: steps.filter(({ key }) => entry.createdSteps.has(key)),
    steps: steps.filter(({ key }) => !entry.createdSteps.has(key)),
    ...(entry.input === undefined ? {} : { input: entry.input }),
  };
}

function takeSteps(entry: RunEntry, { emptied, steps, created, payloads, items }: Decision): void {
  for (const key of emptied) {
    emptyForeach(entry, key);
  }
  for (const [key, step] of steps) {
    entry.steps.set(key, step);
    entry.changedSteps.add(key);
    if (created.has(key)) {
      entry.createdSteps.add(key);
    }
  }
  for (const [key, payload] of payloads) {
    entry.payloads.set(key, { ...entry.payloads.get(key), ...payload });
  }
  for (const [key, values] of items) {
    entry.items.set(key, values);
  }
}

/** Takes away what a `foreach` holds. What was loaded of it must not come back. */
function emptyForeach(entry: RunEntry, key: StepKey): void {
  entry.emptied.add(key);
  entry.items.delete(key);
  const keyed = [entry.steps, entry.changedSteps, entry.createdSteps, entry.payloads, entry.items];
  for (const map of keyed) {
    for (const inner of map.keys()) {
      if (inner.startsWith(`${key}[`)) {
        map.delete(inner);
      }
    }
  }
}

function isEmptied(entry: RunEntry, key: StepKey): boolean {
  return [...entry.emptied].some((foreach) => key.startsWith(`${foreach}[`));
}

function takeMail(entry: RunEntry, mail: Mail): void {
  const index = entry.mail.findIndex((known) => keyOf(known) === keyOf(mail));
  entry.mail.splice(index === -1 ? entry.mail.length : index, 1, mail);
  entry.changedMail.add(keyOf(mail));
}
