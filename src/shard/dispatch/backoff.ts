import type { Clock } from "../../runtime/clock.ts";

const DELAY_MS_MIN = 250;
const DELAY_MS_MAX = 15_000;

/** How long to leave a part alone that does not answer: twice as long with every failure in a row. */
export class Backoff {
  readonly #clock: Clock;
  #delayMs = DELAY_MS_MIN;
  #sinceMs = 0;
  #untilMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Until when to leave it alone; null when it may be tried. */
  get until(): Date | null {
    const nowMs = this.#clock.now().getTime();
    // Before its own beginning: the clock has moved back, and the wait would be longer by as much.
    const isUnderWay = nowMs >= this.#sinceMs && nowMs < this.#untilMs;
    return isUnderWay ? new Date(this.#untilMs) : null;
  }

  /** It failed. Failures of one wait count once. Returns the new wait in ms, or null when one is under way. */
  fail(): number | null {
    if (this.until !== null) {
      return null;
    }
    const delayMs = this.#delayMs;
    this.#sinceMs = this.#clock.now().getTime();
    this.#untilMs = this.#sinceMs + delayMs;
    this.#delayMs = Math.min(delayMs * 2, DELAY_MS_MAX);
    return delayMs;
  }

  /** It answered. */
  succeed(): void {
    if (this.until === null) {
      this.#delayMs = DELAY_MS_MIN;
    }
  }
}
