import { UnavailableError } from "../../../domain/errors.ts";
import type { Clock } from "../../../runtime/clock.ts";

/** How many calls may be under way, and how many wait for how long. */
export interface TurnstileLimits {
  readonly atOnceMax: number;
  readonly waitingMax: number;
  readonly waitMsMax: number;
}

interface Waiting {
  readonly enter: () => void;
}

/** Lets so many calls through at once; the others wait in the order in which they came, for a while. */
export class Turnstile {
  readonly #limits: TurnstileLimits;
  readonly #clock: Clock;
  /** A set keeps the order, and lets go of who gave up without a search. */
  readonly #waiting = new Set<Waiting>();
  #insideCount = 0;

  constructor(limits: TurnstileLimits, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /**
   * Runs a call when its turn comes.
   *
   * @param call - The call.
   * @returns What it gives.
   * @throws UnavailableError when too many wait already, or its turn does not come in time. The call was not begun then.
   */
  async pass<Value>(call: () => Promise<Value>): Promise<Value> {
    if (this.#insideCount < this.#limits.atOnceMax) {
      this.#insideCount += 1;
    } else {
      await this.#wait();
    }
    try {
      return await call();
    } finally {
      this.#leave();
    }
  }

  async #wait(): Promise<void> {
    const { waitingMax, waitMsMax } = this.#limits;
    if (this.#waiting.size >= waitingMax) {
      throw new UnavailableError("postgres", `${waitingMax} reads wait for PostgreSQL already`);
    }
    return new Promise((resolve, reject) => {
      const giveUp = this.#clock.after(waitMsMax, () => {
        this.#waiting.delete(waiting);
        reject(new UnavailableError("postgres", `too many reads: this one has waited for ${waitMsMax / 1000} s`));
      });
      const waiting = {
        enter: () => {
          giveUp();
          resolve();
        },
      };
      this.#waiting.add(waiting);
    });
  }

  /** Who leaves gives the place to the next, so that nobody who comes in between takes it. */
  #leave(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#insideCount -= 1;
      return;
    }
    this.#waiting.delete(next);
    next.enter();
  }
}
