import type { RunId } from "../../src/domain/ids.ts";
import type { Plan } from "../../src/domain/plan/plan.ts";
import type { Assignment, Outcome } from "../../src/domain/run/outcome.ts";
import { messageOf } from "../../src/domain/target.ts";
import type { LedgerEnvironment } from "../../src/ledger/environment.ts";
import { Ledger } from "../../src/ledger/ledger.ts";
import type { CommandReply } from "../../src/ledger/request.ts";
import { Dispatcher } from "../../src/shard/dispatch/dispatcher.ts";
import type { DispatchSettings } from "../../src/shard/dispatch/ports.ts";
import { settled } from "./gate.ts";
import { environmentOf, requestOf, startOf } from "./ledger-environment.ts";
import { ManualClock } from "./manual-clock.ts";
import { MemoryLedgerStore } from "./memory-ledger-store.ts";
import { MemoryQueue } from "./memory-queue.ts";
import { completed } from "./outcomes.ts";
import { LEASE_MS } from "./test-run.ts";

/** A consumer call that is under way. */
export interface ConsumerCall {
  readonly assignment: Assignment;
  /** The call returns, or is lost with its consumer. */
  readonly end: (how: "returned" | "lost") => void;
}

/** A shard in memory: dispatcher and ledger over a queue and rows in memory; the test plays the consumers. */
export class DispatchBench {
  readonly clock = new ManualClock();
  readonly queue = new MemoryQueue();
  readonly store = new MemoryLedgerStore();
  readonly calls: ConsumerCall[] = [];
  readonly warnings: string[] = [];
  /** The instants at which the dispatcher asked to be woken, in ms from then. */
  readonly wakesMs: number[] = [];
  newTurnsAsked = 0;
  readonly dispatcher: Dispatcher;
  readonly ledger: Ledger;

  constructor(plan: Plan, settings: Partial<DispatchSettings> = {}) {
    this.store.addWorkflow(plan);
    this.dispatcher = new Dispatcher(
      {
        concurrency: settings.concurrency ?? 100,
        callsInTurnMax: settings.callsInTurnMax ?? 1_000,
        leaseMs: LEASE_MS,
        computingMax: settings.computingMax ?? 10_000,
      },
      {
        queue: this.queue,
        clock: this.clock,
        log: { info: () => undefined, warn: (message) => this.warnings.push(message), error: () => undefined },
        execute: async (assignment) => this.#execute(assignment),
        findDue: async (now, until) => this.store.database.findDue({ shard: 0, now, until, leaseMs: LEASE_MS }),
        openLedger: (capacity) => new Ledger(this.#environment(), capacity),
        wakeAt: (at) => {
          this.#wakeAt(at);
        },
        wakeInNewTurn: () => {
          this.newTurnsAsked += 1;
        },
        onCommit: () => undefined,
      },
    );
    this.ledger = this.dispatcher.ledger;
  }

  /** Starts runs 0 to `count - 1` and lets everything come to rest. */
  async start(count = 1): Promise<void> {
    const starts = Array.from({ length: count }, async (_, index) => this.ledger.start(startOf(index)));
    await Promise.all(starts);
    await this.rest();
  }

  /** What the shard does when an outcome arrives; then the consumer's call returns. */
  async settle(call: ConsumerCall | undefined, outcome: Outcome = completed()): Promise<CommandReply | null> {
    if (call === undefined) {
      return null;
    }
    const { runId, stepKey, attempt, token } = call.assignment;
    this.dispatcher.reporting(token);
    const reply = await this.ledger.apply(requestOf(runId, { type: "settle", stepKey, attempt, token, outcome }));
    this.dispatcher.settled(token);
    call.end("returned");
    await this.rest();
    return reply;
  }

  /** Lets all come to rest that takes no time. */
  async rest(): Promise<void> {
    await settled();
    await this.clock.passMs(0);
  }

  /** Steps handed to consumers so far, in order. */
  get handedOver(): readonly string[] {
    return this.calls.map(({ assignment }) => assignment.stepKey);
  }

  /** In how many ms a step's message becomes visible; undefined when it has none. */
  visibleInMs(runId: RunId, key: string): number | undefined {
    const visibleMs = this.queue.messages.get(messageOf({ runId, target: key }));
    return visibleMs === undefined ? undefined : visibleMs - this.clock.now().getTime();
  }

  #environment(): LedgerEnvironment {
    return environmentOf(this.store, {
      now: () => this.clock.now(),
      after: (delayMs, callback) => {
        this.clock.after(delayMs, callback);
      },
    });
  }

  async #execute(assignment: Assignment): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.calls.push({
      assignment,
      end: (how) => {
        if (how === "returned") {
          resolve();
        } else {
          reject(new Error("the consumer was killed"));
        }
      },
    });
    return promise;
  }

  #wakeAt(at: Date): void {
    const delayMs = at.getTime() - this.clock.now().getTime();
    this.wakesMs.push(delayMs);
    this.clock.after(delayMs, () => {
      void this.dispatcher.wake();
    });
  }
}
