import { chainEvents } from "../../src/domain/audit/chain.ts";
import type { LeaseToken, StepKey } from "../../src/domain/ids.ts";
import type { Json } from "../../src/domain/json.ts";
import { indexPlan, type PlanIndex } from "../../src/domain/plan/plan-index.ts";
import type { Plan } from "../../src/domain/plan/plan.ts";
import type { Command, Reply } from "../../src/domain/run/command.ts";
import { decide } from "../../src/domain/run/decide.ts";
import type { CheckValue, DecideContext, Decision } from "../../src/domain/run/decision.ts";
import type { Event } from "../../src/domain/run/event.ts";
import { keyOf } from "../../src/domain/run/mailbox.ts";
import type { Outcome } from "../../src/domain/run/outcome.ts";
import type { Run, RunState } from "../../src/domain/run/run.ts";
import { startRun } from "../../src/domain/run/start-run.ts";
import type { Step } from "../../src/domain/run/step.ts";
import type { StepStatus } from "../../src/domain/run/transitions.ts";
import { runIdOf, START, stepKeyOf } from "./ids.ts";
import { completed, failed, FATAL } from "./outcomes.ts";
import { sha256 } from "./sha256.ts";

/** The lease length of attempts in tests. */
export const LEASE_MS = 15_000;

/** What a test says about the surroundings of a run. */
export interface TestRunOptions {
  readonly room?: number;
  /** The jitter: 1 by default. */
  readonly fraction?: number;
}

/** One run in memory with its audit log and its queue, all of its steps loaded, and a clock that only tests move. */
export class TestRun {
  readonly plan: PlanIndex;
  readonly events: Event[] = [];
  /** What is on the queue: the instant each message becomes visible. */
  readonly messages = new Map<string, Date>();
  /** How many attempts each next command may begin. */
  room: number;
  fraction: number;
  now = START;
  last: Decision;
  #state: RunState;
  #commandCount = 0;

  constructor(plan: Plan, options: TestRunOptions = {}) {
    this.plan = indexPlan(plan);
    this.room = options.room ?? 100;
    this.fraction = options.fraction ?? 1;
    const seed = { id: runIdOf(), input: {}, labels: {}, version: 1, rerunOf: null, idempotency: null };
    this.last = startRun(seed, "key:tester", this.context());
    this.#state = { run: this.last.run, steps: new Map(), mail: [] };
    this.#take(this.last);
  }

  get run(): Run {
    return this.#state.run;
  }

  get state(): RunState {
    return this.#state;
  }

  /** The context of the next command. */
  context(): DecideContext {
    const seed = `seed-${this.#commandCount}`;
    const { plan, now, fraction } = this;
    return { plan, now, seed, fraction, admission: { room: this.room }, leaseMs: LEASE_MS, checkValue: letPass };
  }

  step(key: string): Step {
    const step = this.#state.steps.get(stepKeyOf(key));
    if (step === undefined) {
      throw new Error(`the run has no step ${key}`);
    }
    return step;
  }

  /** The states of all steps, by key. */
  get statuses(): Readonly<Record<string, StepStatus>> {
    return Object.fromEntries([...this.#state.steps.values()].map((step) => [step.key, step.status]));
  }

  /** In how many ms a step's message becomes visible; undefined when it has none. */
  visibleInMs(key: string): number | undefined {
    const visibleAt = this.messages.get(key);
    return visibleAt === undefined ? undefined : visibleAt.getTime() - this.now.getTime();
  }

  /** Types of the events since a number of events. */
  eventTypes(after = 0): readonly string[] {
    return this.events.slice(after).map((event) => (event.step === null ? event.type : `${event.type} ${event.step}`));
  }

  passMs(ms: number): void {
    this.now = new Date(this.now.getTime() + ms);
  }

  apply(command: Command): Reply {
    this.#commandCount += 1;
    const decision = decide(this.#state, command, this.context());
    if (decision.kind === "incomplete") {
      throw new Error("all steps were loaded, and the decision asks for more");
    }
    this.last = decision;
    this.#take(decision);
    return decision.reply;
  }

  begin(key: string): Reply {
    return this.apply({ type: "wake", target: { kind: "step", stepKey: stepKeyOf(key) } });
  }

  /** The deadline may have passed. */
  expire(): Reply {
    return this.apply({ type: "wake", target: { kind: "deadline" } });
  }

  signal(name: string, payload: Json = null, idempotencyKey = `key-${this.#commandCount}`): Reply {
    return this.apply({ type: "signal", name, payload, idempotencyKey, actor: "key:tester" });
  }

  /** The token of the current or last attempt. */
  tokenOf(key: string): LeaseToken {
    const { token } = this.step(key);
    if (token === null) {
      throw new Error(`step ${key} has no token`);
    }
    return token;
  }

  /** Settles the current attempt, or the one that had the token; it may tell its number. */
  settle(key: string, outcome: Outcome, token = this.tokenOf(key), attempt: number | null = null): Reply {
    return this.apply({ type: "settle", stepKey: stepKeyOf(key), attempt, token, outcome });
  }

  complete(...keys: readonly string[]): void {
    for (const key of keys) {
      this.settle(key, completed(key));
    }
  }

  /** Fails the attempt of a step in a way that can be retried. */
  fail(key: string): Reply {
    return this.settle(key, failed());
  }

  /** Fails the attempt of a step in a way that cannot be retried. */
  sink(key: string): Reply {
    return this.settle(key, FATAL);
  }

  pause(): Reply {
    return this.apply({ type: "pause", actor: "key:tester", reason: null });
  }

  resume(): Reply {
    return this.apply({ type: "resume", actor: "key:tester" });
  }

  cancel(): Reply {
    return this.apply({ type: "cancel", actor: "key:tester", reason: "no longer wanted" });
  }

  retry(from: string | null = null): Reply {
    return this.apply({ type: "retry", actor: "key:tester", from: from === null ? null : stepKeyOf(from) });
  }

  #take(decision: Decision): void {
    const chained = chainEvents(decision.run.id, decision.run.head, decision.events, sha256);
    this.events.push(...chained.events);
    const kept = [...this.#state.steps].filter(([key]) => !isEmptied(key, decision));
    const mail = new Map([...this.#state.mail, ...decision.mail].map((one) => [keyOf(one), one]));
    const steps = new Map([...kept, ...decision.steps]);
    this.#state = { run: { ...decision.run, head: chained.head }, steps, mail: [...mail.values()] };
    for (const [key, visibleAt] of decision.messages) {
      if (visibleAt === null) {
        this.messages.delete(key);
      } else {
        this.messages.set(key, visibleAt);
      }
    }
  }
}

const letPass: CheckValue = (_schema, input) => ({ ok: true, input });

function isEmptied(key: StepKey, { emptied }: Decision): boolean {
  return [...emptied].some((foreach) => key.startsWith(`${foreach}[`));
}
