import type { Execute } from "../../src/shard/dispatch/attempts.ts";
import type { Outside } from "./outside.ts";
import type { Plant } from "./plant.ts";
import type { RpcPoint, ShardSetup } from "./schedule.ts";
import { ShardCopy } from "./shard-copy.ts";

/** How often the cron sweeps, in ms. */
const CRON_MS = 60_000;

/** Of the calls to a shard with several copies, this part reaches the newest. */
const TO_NEWEST = 0.7;

/** What shards are made of. */
export interface ShardsParts {
  readonly outside: Outside;
  readonly setup: ShardSetup;
  readonly plant: Plant;
  readonly execute: Execute;
}

/** The copies of one shard that are alive: mostly one, more while they overlap, none before somebody calls. */
export class Shards {
  readonly #parts: ShardsParts;
  readonly #living: ShardCopy[] = [];
  #copyCount = 0;
  #alarm: { readonly atMs: number; readonly cancel: () => void } | null = null;

  constructor(parts: ShardsParts) {
    this.#parts = parts;
  }

  /** Opens another copy, which sweeps first as there may have been a crash before it. */
  open(): ShardCopy {
    const { outside, setup, plant, execute } = this.#parts;
    this.#copyCount += 1;
    const copy = new ShardCopy(this.#copyCount, {
      outside,
      setup,
      plant,
      execute,
      setAlarm: (from, atMs) => {
        // The storage is that of the newest; what another writes is refused.
        if (from === this.#living.at(-1)) {
          this.#setAlarm(atMs);
        }
      },
      onLost: (lost) => {
        this.#living.splice(this.#living.indexOf(lost), 1);
      },
    });
    this.#living.push(copy);
    outside.note(() => `${copy.name} is opened`);
    void copy.dispatcher.sweep().catch(() => undefined);
    return copy;
  }

  /** Loses a copy, if there is one. */
  kill(): void {
    const draws = this.#parts.outside.faults.drawsFor("kill");
    if (this.#living.length > 0) {
      draws.pick(this.#living).lose();
    }
  }

  /** Calls a shard, over a network that may lose the request or the answer. Rejects when either is lost. */
  async call<Value>(point: RpcPoint, work: (copy: ShardCopy) => Promise<Value>): Promise<Value> {
    const { outside } = this.#parts;
    const fate = outside.faults.call(point);
    if (fate.effect !== null) {
      outside.note(() => `${point}: ${fate.effect}`);
    }
    await outside.scheduler.pass(fate.requestMs);
    if (fate.effect === "refused") {
      throw new Error("the shard was not reached");
    }
    const copy = this.#turn();
    const answer = await Promise.race([work(copy), copy.gone]);
    await outside.scheduler.pass(fate.answerMs);
    if (fate.effect === "failed") {
      throw new Error("the answer of the shard was lost");
    }
    return answer;
  }

  /** Lets the cron sweep from now on. */
  sweepRegularly(): void {
    this.#parts.outside.scheduler.after(CRON_MS, () => {
      void this.#turn()
        .dispatcher.sweep()
        .catch(() => undefined);
      this.sweepRegularly();
    });
  }

  /** The clocks show another time: the alarm fires by the new one. */
  clocksWereSet(): void {
    if (this.#alarm !== null) {
      this.#setAlarm(this.#alarm.atMs);
    }
  }

  /** An event from outside comes to a copy, which is opened for it if there is none. */
  #turn(): ShardCopy {
    const newest = this.#living.at(-1) ?? this.open();
    const draws = this.#living.length > 1 ? this.#parts.outside.faults.drawsFor("copy") : null;
    const copy = draws === null || draws.chance(TO_NEWEST) ? newest : draws.pick(this.#living);
    copy.dispatcher.newTurn();
    return copy;
  }

  #setAlarm(atMs: number): void {
    const { outside } = this.#parts;
    this.#alarm?.cancel();
    const cancel = outside.scheduler.after(atMs - outside.now().getTime() + 1, () => {
      this.#alarm = null;
      outside.note(() => "alarm");
      const copy = this.#turn();
      copy.timer.alarmFired();
      void copy.dispatcher.wake();
    });
    this.#alarm = { atMs, cancel };
  }
}
