import { BatonError } from "../../src/domain/errors.ts";
import { checkInput } from "../../src/language/input-schema.ts";
import { type AttemptCapacity, Ledger } from "../../src/ledger/ledger.ts";
import { PlanCache } from "../../src/ledger/plan-cache.ts";
import type { CommandReply, CommandRequest, StartReply, StartRequest } from "../../src/ledger/request.ts";
import { readPlan } from "../../src/recipe/compile.ts";
import type { Clock } from "../../src/runtime/clock.ts";
import type { Log } from "../../src/runtime/log.ts";
import type { RpcResult } from "../../src/runtime/rpc-result.ts";
import { createExecute } from "../../src/shard/consumer-call.ts";
import type { Execute } from "../../src/shard/dispatch/attempts.ts";
import { Dispatcher } from "../../src/shard/dispatch/dispatcher.ts";
import type { SettleReport } from "../../src/shard/rpc.ts";
import { WakeTimer } from "../../src/shard/wake-timer.ts";
import { sha256 } from "../support/sha256.ts";
import { LEASE_MS } from "../support/test-run.ts";
import type { Outside } from "./outside.ts";
import type { Plant } from "./plant.ts";
import type { ShardSetup } from "./schedule.ts";
import { abandonTransaction, createFindDue, createQueue, createStore, type StoreCaller } from "./shard-ports.ts";

/** Clocks of two machines differ by at most this, in ms. */
const SKEW_MS_MAX = 900;

/** What a copy of a shard is made of. */
export interface CopyParts {
  readonly outside: Outside;
  readonly setup: ShardSetup;
  readonly plant: Plant;
  /** Calls a consumer. */
  readonly execute: Execute;
  /** Sets the alarm of the shard to an instant, in epoch ms. */
  readonly setAlarm: (copy: ShardCopy, atMs: number) => void;
  readonly onLost: (copy: ShardCopy) => void;
}

/** A shard as it is composed in its object: ledger and dispatcher of its own over rows and messages shared with others. */
export class ShardCopy implements StoreCaller {
  readonly name: string;
  readonly outside: Outside;
  readonly transactions = new Set<symbol>();
  /** Rejects when the copy is lost: whoever waits for its answer hears of it. */
  readonly gone: Promise<never>;
  readonly dispatcher: Dispatcher;
  readonly timer: WakeTimer;
  readonly #clock: Clock;
  readonly #onLost: () => void;
  readonly #plant: Plant;
  #isLost = false;

  constructor(number: number, parts: CopyParts) {
    const { outside } = parts;
    const { promise, reject } = Promise.withResolvers<never>();
    this.name = `shard.${number}`;
    this.outside = outside;
    this.gone = promise;
    this.gone.catch(() => undefined);
    this.#plant = parts.plant;
    this.#onLost = () => {
      parts.onLost(this);
      reject(new Error(`${this.name} is gone`));
    };
    const skewMs = number === 1 ? 0 : outside.faults.drawsFor("skew").between(-SKEW_MS_MAX, SKEW_MS_MAX);
    this.#clock = {
      now: () => outside.now(skewMs),
      after: (delayMs, callback) => {
        // A timer may be late, and of two that are due together either may be the first.
        return outside.scheduler.after(delayMs + outside.faults.drawsFor("timer").fraction(), callback, this);
      },
    };
    const storage = {
      setAlarm: async (atMs: number) => {
        parts.setAlarm(this, atMs);
      },
    };
    this.timer = new WakeTimer(this.#clock, storage, () => {
      void this.dispatcher.wake();
    });
    this.dispatcher = this.#createDispatcher(parts);
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  /** It is gone from one moment to the next, in the middle of anything. */
  lose(): void {
    if (this.#isLost) {
      return;
    }
    this.#isLost = true;
    this.outside.note(() => `${this.name} is lost`);
    for (const transaction of this.transactions) {
      abandonTransaction(this, transaction);
    }
    this.#onLost();
  }

  async start(request: StartRequest): Promise<RpcResult<StartReply>> {
    return this.#answer(this.dispatcher.ledger.start(request));
  }

  async command(request: CommandRequest): Promise<RpcResult<CommandReply>> {
    return this.#answer(this.#apply(request));
  }

  /** As the object does with a report: the attempt keeps its lease until it is saved. */
  async settle(report: SettleReport): Promise<RpcResult<CommandReply>> {
    const { runId, stepKey, attempt = null, token, outcome } = report;
    this.dispatcher.reporting(token);
    const command = { type: "settle", stepKey, attempt, token, outcome } as const;
    const result = await this.#answer(this.#apply({ type: "command", runId, command }));
    if (result.ok) {
      this.dispatcher.settled(token);
    }
    return result;
  }

  async #apply(request: CommandRequest): Promise<CommandReply> {
    return this.dispatcher.ledger.apply(this.#plant.command?.(request, this.outside.database) ?? request);
  }

  async #answer<Value>(work: Promise<Value>): Promise<RpcResult<Value>> {
    try {
      return { ok: true, value: await work };
    } catch (error) {
      const { code, message } =
        error instanceof BatonError ? error : { code: "internal_error", message: String(error) };
      if (code === "invariant_broken") {
        this.outside.surprises.push(`an invariant is broken: ${message}`);
      }
      return { ok: false, code, message };
    }
  }

  #createDispatcher({ outside, setup, plant, execute }: CopyParts): Dispatcher {
    const settle = async (report: SettleReport): Promise<unknown> => this.settle(report);
    return new Dispatcher(
      { ...setup, leaseMs: LEASE_MS },
      {
        queue: createQueue(this),
        clock: this.#clock,
        log: this.#createLog(),
        execute: createExecute({ call: execute, settle }),
        findDue: createFindDue(this, plant),
        openLedger: (capacity) => this.#createLedger(capacity, outside),
        wakeAt: (at) => {
          this.timer.wakeAt(at);
        },
        wakeInNewTurn: () => {
          this.timer.wakeInNewTurn();
        },
        onCommit: ({ events }) => {
          for (const { runId, step, type, to, seq } of events) {
            outside.note(() => `${this.name} ${runId.slice(-4)} ${seq} ${step ?? "run"} ${type} ${to ?? ""}`);
          }
        },
      },
    );
  }

  #createLedger(capacity: AttemptCapacity, outside: Outside): Ledger {
    const store = createStore(this, this.#plant);
    let commandCount = 0;
    return new Ledger(
      {
        store,
        plans: new PlanCache(store, readPlan),
        hash: sha256,
        checkValue: checkInput,
        now: () => this.#clock.now(),
        after: (delayMs, callback) => {
          this.#clock.after(delayMs, callback);
        },
        random: () => {
          commandCount += 1;
          return { seed: `${this.name}.${commandCount}`, fraction: outside.faults.drawsFor("jitter").fraction() };
        },
        leaseMs: LEASE_MS,
      },
      {
        room: (settling) => capacity.room(settling),
        committed: (commit) => {
          if (!this.isLost) {
            capacity.committed(this.#plant.commit?.(commit) ?? commit);
          }
        },
      },
    );
  }

  #createLog(): Log {
    const note = (message: string, fields?: object): void => {
      this.outside.note(() => `${this.name} says: ${message} ${JSON.stringify(fields ?? {})}`);
    };
    return {
      info: note,
      warn: note,
      error: (message, fields) => {
        note(message, fields);
        if (JSON.stringify(fields ?? {}).includes("invariant_broken")) {
          this.outside.surprises.push(`an invariant is broken: ${JSON.stringify(fields)}`);
        }
      },
    };
  }
}
