import { InvariantError } from "../errors.ts";
import type { StepKey } from "../ids.ts";
import type { Json, JsonObject } from "../json.ts";
import { containerOf, containersOf, innerKeyOf, itemAround } from "../path.ts";
import type { Block } from "../plan/plan.ts";
import type { Actor, Reply } from "./command.ts";
import { type StepQuery, stepQuery } from "./concerns.ts";
import { recount, stepCount, unfinishedCount } from "./counts.ts";
import type { Decision, StepPayload } from "./decision.ts";
import type { EventDraft, RunEventType, StepEventType } from "./event.ts";
import { Mailbox } from "./mailbox.ts";
import type { Run, RunState } from "./run.ts";
import {
  type ForeachStep,
  isAtWork,
  isForeach,
  isOpenItem,
  isPendingItem,
  isUnfinished,
  type ItemStep,
  type PendingStep,
  type RunningStep,
  type Step,
} from "./step.ts";
import { isRunTransition, isStepTransition } from "./transitions.ts";

/** What an event says besides the transition. */
export interface Note<Type> {
  readonly type: Type;
  readonly at: Date;
  readonly actor: Actor;
  readonly data?: JsonObject;
}

/** Thrown inside of a decision that needs rows which are not loaded; `decide` answers with the query. */
export class RowsMissing extends Error {
  readonly query: StepQuery;

  constructor(query: StepQuery) {
    super("rows are missing");
    this.query = query;
  }
}

/**
 * The decision in the making. It is the only place where a run or a step changes state: it holds the transition
 * tables, keeps the counters (of the run, and of the item that holds a step) and writes the event of every transition.
 */
export class RunDraft {
  readonly mailbox: Mailbox;
  #run: Run;
  readonly #loaded: ReadonlyMap<StepKey, Step>;
  readonly #changed = new Map<StepKey, Step>();
  readonly #created = new Set<StepKey>();
  readonly #emptied = new Set<StepKey>();
  readonly #removed = new Set<StepKey>();
  readonly #payloads = new Map<StepKey, StepPayload>();
  readonly #items = new Map<StepKey, readonly Json[]>();
  readonly #events: EventDraft[] = [];
  readonly #messages = new Map<string, Date | null>();
  readonly #begun: RunningStep[] = [];
  /** Items and `foreach` steps that may go on or end, as their counters have changed. */
  readonly #touched = new Set<StepKey>();

  constructor(state: RunState) {
    this.#run = state.run;
    this.#loaded = state.steps;
    this.mailbox = new Mailbox(state.mail);
  }

  get run(): Run {
    return this.#run;
  }

  /** How many attempts this decision has begun. */
  get begunCount(): number {
    return this.#begun.length;
  }

  step(key: StepKey): Step | undefined {
    return this.#removed.has(key) ? undefined : (this.#changed.get(key) ?? this.#loaded.get(key));
  }

  /** A step that the caller knows to be loaded. */
  requireStep(key: StepKey): Step {
    const step = this.step(key);
    if (step === undefined) {
      throw new InvariantError(`step ${key} of run ${this.#run.id} was not loaded`);
    }
    return step;
  }

  /** The loaded and the new steps as they are now. */
  steps(): readonly Step[] {
    const keys = new Set([...this.#loaded.keys(), ...this.#changed.keys()]);
    return [...keys].flatMap((key) => this.step(key) ?? []);
  }

  /** Sees to it that every step that can still move is loaded: commands on the whole run ask this first. */
  requireUnfinished(): void {
    if (this.steps().filter(isUnfinished).length !== unfinishedCount(this.#run.counts)) {
      throw new RowsMissing(stepQuery({ rows: { kind: "unfinished" } }));
    }
  }

  /** Sees to it that all steps of the run are loaded. */
  requireAll(): void {
    if (this.steps().length !== stepCount(this.#run.counts)) {
      throw new RowsMissing(stepQuery({ rows: { kind: "all" } }));
    }
  }

  /** The steps inside of an item that can still move; all of the run's are loaded then. */
  requireUnfinishedUnder(itemKey: StepKey): readonly Step[] {
    this.requireUnfinished();
    return this.steps().filter((step) => step.key.startsWith(`${itemKey}.`) && isUnfinished(step));
  }

  /** Of the items of a `foreach` that wait for their turn the first that is known; all that it holds is loaded. */
  requireNextItem(foreach: StepKey, body: Block): PendingStep {
    const items = this.steps().filter((step) => step.type === "item" && containerOf(step.key) === foreach);
    const [next] = items.filter(isPendingItem).toSorted((one, other) => one.position - other.position);
    if (next === undefined) {
      // The rows of those that this batch has opened still say that they wait.
      const except = items.map(({ key }) => key);
      throw new RowsMissing(stepQuery({ rows: { kind: "next_item", foreach, except } }));
    }
    if (body.nodes.some(({ id }) => this.step(innerKeyOf(next.key, id)) === undefined)) {
      throw new RowsMissing(stepQuery({ rows: { kind: "item", key: next.key } }));
    }
    return next;
  }

  /** Sees to it that steps are loaded. */
  requireLoaded(keys: readonly StepKey[]): void {
    const missing = keys.filter((key) => this.step(key) === undefined);
    if (missing.length > 0) {
      throw new RowsMissing(stepQuery({ keys: missing }));
    }
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
    this.touch(after);
    this.#count(before, after);
    this.#touchFailing(after.key);
  }

  /** Notes that an item or a `foreach` may go on or end. */
  touch(step: Step): void {
    if (isOpenItem(step) || isForeach(step)) {
      this.#touched.add(step.key);
    }
  }

  /** Adds a step to a block that opens. */
  createStep(step: Step): void {
    this.#changed.set(step.key, step);
    this.#removed.delete(step.key);
    this.#created.add(step.key);
    this.touch(step);
    this.#count(null, step);
  }

  /** Takes away the items of a `foreach` and all they hold. All steps of the run are loaded. */
  emptyForeach(key: StepKey): void {
    for (const step of this.steps().filter((other) => other.key.startsWith(`${key}[`))) {
      this.#run = { ...this.#run, counts: recount(this.#run.counts, step, null) };
      this.#changed.delete(step.key);
      this.#removed.add(step.key);
      this.#touched.delete(step.key);
      this.#messages.set(step.key, null);
    }
    this.#emptied.add(key);
  }

  /** Takes out an item or a `foreach` that may go on or end, the innermost first; null when there is none left. */
  takeTouched(): ItemStep | ForeachStep | null {
    const [key] = [...this.#touched].toSorted((one, other) => other.length - one.length);
    if (key === undefined) {
      return null;
    }
    this.#touched.delete(key);
    const step = this.requireStep(key);
    return isOpenItem(step) || isForeach(step) ? step : this.takeTouched();
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
    this.#payloads.set(key, { ...this.#payloads.get(key), ...payload });
  }

  setItems(key: StepKey, values: readonly Json[]): void {
    this.#items.set(key, values);
  }

  /** Puts the message of a target on the queue, visible from an instant on, or takes it off (null). */
  setMessage(target: string, visibleAt: Date | null): void {
    this.#messages.set(target, visibleAt);
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
      created: this.#created,
      emptied: this.#emptied,
      payloads: this.#payloads,
      items: this.#items,
      mail: this.mailbox.changed,
      events: this.#events,
      messages: this.#messages,
      begun: this.#begun,
    };
  }

  /** An item that will fail ends with the last attempt in it, however deep that is. */
  #touchFailing(key: StepKey): void {
    for (const container of containersOf(key)) {
      const holder = this.requireStep(container);
      if (isOpenItem(holder) && holder.waitingFor.failure !== null) {
        this.touch(holder);
      }
    }
  }

  #count(before: Step | null, after: Step): void {
    this.#run = { ...this.#run, counts: recount(this.#run.counts, before, after) };
    const itemKey = itemAround(after.key);
    if (itemKey === null) {
      return;
    }
    const item = this.requireStep(itemKey);
    const unfinished = Number(isUnfinished(after)) - Number(before !== null && isUnfinished(before));
    const atWork = Number(isAtWork(after)) - Number(before !== null && isAtWork(before));
    if (isOpenItem(item) && (unfinished !== 0 || atWork !== 0)) {
      const block = item.waitingFor;
      this.setStep(item, {
        ...item,
        waitingFor: { ...block, unfinished: block.unfinished + unfinished, atWork: block.atWork + atWork },
      });
    }
  }
}

function eventBase(note: Note<unknown>): Pick<EventDraft, "at" | "actor" | "data"> {
  return { at: note.at, actor: note.actor, data: note.data ?? {} };
}
