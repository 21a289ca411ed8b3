import { InvariantError } from "../errors.ts";
import type { StepKey } from "../ids.ts";
import type { JsonObject } from "../json.ts";
import type { Actor, Reply } from "./command.ts";
import { recount, unfinishedCount } from "./counts.ts";
import type { Decision, StepPayload } from "./decision.ts";
import type { EventDraft, RunEventType, StepEventType } from "./event.ts";
import type { Run, RunState } from "./run.ts";
import { isUnfinished, type RunningStep, type Step } from "./step.ts";
import { isRunTransition, isStepTransition } from "./transitions.ts";

/** What an event says besides the transition. */
export interface Note<Type> {
  readonly type: Type;
  readonly at: Date;
  readonly actor: Actor;
  readonly data?: JsonObject;
}

/**
 * The decision in the making. It is the only place where a run or a step changes state: it holds the transition
 * tables, keeps the counters and writes the event of every transition.
 */
export class RunDraft {
  #run: Run;
  readonly #loaded: ReadonlyMap<StepKey, Step>;
  readonly #changed = new Map<StepKey, Step>();
  readonly #payloads = new Map<StepKey, StepPayload>();
  readonly #events: EventDraft[] = [];
  readonly #messages = new Map<StepKey, Date | null>();
  readonly #begun: RunningStep[] = [];

  constructor(state: RunState) {
    this.#run = state.run;
    this.#loaded = state.steps;
  }

  get run(): Run {
    return this.#run;
  }

  /** How many attempts this decision has begun. */
  get begunCount(): number {
    return this.#begun.length;
  }

  step(key: StepKey): Step | undefined {
    return this.#changed.get(key) ?? this.#loaded.get(key);
  }

  /** A step that the caller knows to be loaded. */
  requireStep(key: StepKey): Step {
    const step = this.step(key);
    if (step === undefined) {
      throw new InvariantError(`step ${key} of run ${this.#run.id} was not loaded`);
    }
    return step;
  }

  /** The loaded steps as they are now. */
  steps(): readonly Step[] {
    return [...this.#loaded.keys()].map((key) => this.requireStep(key));
  }

  /** Whether every step that can still move is loaded: commands on the whole run ask this first. */
  knowsUnfinished(): boolean {
    return this.steps().filter(isUnfinished).length === unfinishedCount(this.#run.counts);
  }

  /** Moves a step to another state and writes the event. */
  moveStep(before: Step, after: Step, note: Note<StepEventType>): void {
    if (!isStepTransition(before.status, after.status)) {
      throw new InvariantError(
        `step ${before.key} of run ${this.#run.id} cannot go from ${before.status} to ${after.status}`,
      );
    }
    this.setStep(before, after);
    this.#events.push({
      ...eventBase(note),
      type: note.type,
      step: after.key,
      attempt: after.attempt,
      from: before.status,
      to: after.status,
    });
  }

  /** Changes a step within its state (a need done); no transition, so no event. */
  setStep(before: Step, after: Step): void {
    this.#changed.set(after.key, after);
    this.#run = { ...this.#run, counts: recount(this.#run.counts, before, after) };
  }

  /** Moves the run to another state and writes the event. */
  moveRun(after: Run, note: Note<RunEventType>): void {
    const from = this.#run.status;
    if (!isRunTransition(from, after.status)) {
      throw new InvariantError(`run ${this.#run.id} cannot go from ${from} to ${after.status}`);
    }
    this.#run = after;
    this.#events.push({ ...eventBase(note), type: note.type, step: null, attempt: null, from, to: after.status });
  }

  /** Changes the run within its state. */
  setRun(run: Run): void {
    this.#run = run;
  }

  /** Writes an event that is no transition. */
  record(event: EventDraft): void {
    this.#events.push(event);
  }

  setPayload(key: StepKey, payload: StepPayload): void {
    this.#payloads.set(key, payload);
  }

  /** Puts the step's message on the queue, visible from an instant on, or takes it off (null). */
  setMessage(key: StepKey, visibleAt: Date | null): void {
    this.#messages.set(key, visibleAt);
  }

  /** Hands an attempt over to a consumer. */
  handOver(step: RunningStep): void {
    this.#begun.push(step);
  }

  decision(reply: Reply): Decision {
    return {
      kind: "decided",
      reply,
      run: this.#run,
      steps: this.#changed,
      payloads: this.#payloads,
      events: this.#events,
      messages: this.#messages,
      begun: this.#begun,
    };
  }
}

function eventBase(note: Note<unknown>): Pick<EventDraft, "at" | "actor" | "data"> {
  return { at: note.at, actor: note.actor, data: note.data ?? {} };
}
