import { chainEvents, type Hash } from "../domain/audit/chain.ts";
import { InvariantError } from "../domain/errors.ts";
import type { RunId, StepKey } from "../domain/ids.ts";
import { stepKeyOf } from "../domain/ids.ts";
import type { Json } from "../domain/json.ts";
import type { PlanIndex } from "../domain/plan/plan-index.ts";
import { nodeOf } from "../domain/plan/plan-index.ts";
import type { Decision, StepPayload } from "../domain/run/decision.ts";
import type { Event, EventDraft } from "../domain/run/event.ts";
import type { Run, RunSeed, RunState } from "../domain/run/run.ts";
import type { RunningStep, Step } from "../domain/run/step.ts";
import type { EarlierRun, LoadedRows, SaveRequest, StepRef } from "./ports.ts";

/** A message to put on the queue (visible from an instant on) or to take off it (null). */
export interface QueueChange extends StepRef {
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
  readonly changedSteps: Set<StepKey>;
  readonly payloads: Map<StepKey, StepPayload>;
  readonly drafts: EventDraft[];
  readonly messages: Map<StepKey, Date | null>;
}

/** The runs of one batch as its commands change them one after another; nothing is written before all have decided. */
export class BatchState {
  readonly #entries = new Map<RunId, RunEntry>();
  readonly #begun: BegunAttempt[] = [];

  constructor(rows: LoadedRows) {
    for (const run of rows.runs.values()) {
      this.#entries.set(run.id, newEntry(run, null));
    }
    this.addSteps(rows.steps);
  }

  /** How many attempts the batch has begun so far. */
  get begunCount(): number {
    return this.#begun.length;
  }

  /** Takes steps that were loaded later; steps that the batch has changed stay as they are. */
  addSteps(steps: readonly Step[]): void {
    for (const step of steps) {
      const entry = this.#entries.get(step.runId);
      if (entry !== undefined && !entry.steps.has(step.key)) {
        entry.steps.set(step.key, step);
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
    for (const [key, step] of decision.steps) {
      entry.steps.set(key, step);
      entry.changedSteps.add(key);
    }
    for (const [key, payload] of decision.payloads) {
      entry.payloads.set(key, payload);
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
        [...entry.messages].map(([stepKey, visibleAt]) => ({ runId: entry.run.id, stepKey, visibleAt })),
      ),
      save: {
        created: changed.flatMap((entry) =>
          entry.seed === null ? [] : [{ run: entry.run, seed: entry.seed, steps: [...entry.steps.values()] }],
        ),
        changed: changed.flatMap((entry) => (entry.seed === null ? [changedRun(entry)] : [])),
        payloads: changed.flatMap((entry) =>
          [...entry.payloads].map(([stepKey, payload]) => ({ runId: entry.run.id, stepKey, ...payload })),
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

  #reads(begun: readonly BegunAttempt[]): Pick<SaveRequest, "inputsOf" | "resultsOf"> {
    const inputsOf = new Set<RunId>();
    const resultsOf = new Map<string, StepRef>();
    for (const { step, plan } of begun) {
      const { reads } = nodeOf(plan, step.nodeId);
      if (reads.input) {
        inputsOf.add(step.runId);
      }
      for (const id of [...reads.steps, ...reads.errors]) {
        resultsOf.set(`${step.runId}/${id}`, { runId: step.runId, stepKey: stepKeyOf(id) });
      }
    }
    return { inputsOf: [...inputsOf], resultsOf: [...resultsOf.values()] };
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
    const isOutcome = event.type === "STEP_COMPLETED" || event.type === "STEP_FAILED" || event.type === "STEP_SKIPPED";
    const startedAt = isOutcome ? entry.steps.get(event.step)?.startedAt : null;
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
    changedSteps: new Set(),
    payloads: new Map(),
    drafts: [],
    messages: new Map(),
  };
}

function changedRun(entry: RunEntry): SaveRequest["changed"][number] {
  const steps = [...entry.changedSteps].flatMap((key) => entry.steps.get(key) ?? []);
  return { run: entry.run, steps, ...(entry.input === undefined ? {} : { input: entry.input }) };
}
