import type { Clock } from "../../src/runtime/clock.ts";
import { settled } from "./gate.ts";
import { START } from "./ids.ts";

interface Timer {
  readonly dueMs: number;
  readonly callback: () => void;
}

/** A clock that only the test moves. */
export class ManualClock implements Clock {
  /** Time as timers know it, which only goes on. */
  #nowMs = START.getTime();
  #movedMs = 0;
  readonly #timers = new Set<Timer>();

  now(): Date {
    return new Date(this.#nowMs + this.#movedMs);
  }

  /** Sets the clock to another time, as an operator or a time server does; no time passes for timers. */
  moveMs(ms: number): void {
    this.#movedMs += ms;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { dueMs: this.#nowMs + delayMs, callback };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  }

  /** In how many ms each timer calls back, the next first. */
  get pendingMs(): readonly number[] {
    return [...this.#timers].map((timer) => timer.dueMs - this.#nowMs).toSorted((left, right) => left - right);
  }

  /** Moves on, timer by timer; what each of them starts comes to rest before the next. */
  async passMs(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    for (let next = this.#nextUntil(endMs); next !== undefined; next = this.#nextUntil(endMs)) {
      this.#timers.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      next.callback();
      await settled();
    }
    this.#nowMs = endMs;
  }

  #nextUntil(endMs: number): Timer | undefined {
    return [...this.#timers]
      .filter((timer) => timer.dueMs <= endMs)
      .toSorted((left, right) => left.dueMs - right.dueMs)[0];
  }
}
