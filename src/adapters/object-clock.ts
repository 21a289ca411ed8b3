import type { Clock } from "../runtime/clock.ts";

/** How late a callback may be that waited for a second or longer, in ms. */
const TICK_MS = 100;

/** Shorter waits are exact: each has a timer of its own. */
const SHARED_MS_MIN = 1_000;

interface Waiting {
  dueAtMs: number;
  readonly callback: () => void;
}

/**
 * The clock of a Durable Object. It never clears a timer of the runtime: for each that is cleared workerd keeps an entry
 * of 180 bytes until the object is gone, and a shard clears some thirty deadlines a run. Long waits share one timer that
 * always fires, and what was taken back is simply not called.
 */
export class ObjectClock implements Clock {
  readonly #waiting = new Set<Waiting>();
  #isTicking = false;
  /** What the clock showed last. */
  #shownMs = 0;

  now(): Date {
    return new Date();
  }

  after(delayMs: number, callback: () => void): () => void {
    const waiting = { dueAtMs: this.#readMs() + delayMs, callback };
    this.#waiting.add(waiting);
    if (delayMs < SHARED_MS_MIN) {
      setTimeout(() => {
        this.#call(waiting);
      }, delayMs);
    } else {
      this.#keepTicking();
    }
    return () => {
      this.#waiting.delete(waiting);
    };
  }

  #keepTicking(): void {
    if (!this.#isTicking) {
      this.#isTicking = true;
      setTimeout(() => {
        this.#tick();
      }, TICK_MS);
    }
  }

  #tick(): void {
    this.#isTicking = false;
    if (this.#waiting.size > 0) {
      // First, so that a callback that throws ends nothing.
      this.#keepTicking();
    }
    const nowMs = this.#readMs();
    for (const waiting of this.#waiting) {
      if (waiting.dueAtMs <= nowMs) {
        this.#call(waiting);
      }
    }
  }

  /** Reads the clock. When it was set back, what waits goes back with it: else all would wait longer by as much. */
  #readMs(): number {
    const nowMs = Date.now();
    const backMs = Math.max(0, this.#shownMs - nowMs);
    this.#shownMs = nowMs;
    for (const waiting of backMs > 0 ? this.#waiting : []) {
      waiting.dueAtMs -= backMs;
    }
    return nowMs;
  }

  #call(waiting: Waiting): void {
    if (this.#waiting.delete(waiting)) {
      waiting.callback();
    }
  }
}
