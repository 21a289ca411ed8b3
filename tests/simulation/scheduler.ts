/** Whom an event happens to. What happens to somebody who is lost does not happen. */
export interface Owner {
  readonly isLost: boolean;
}

interface Timed {
  readonly atMs: number;
  readonly run: () => void;
  readonly owner: Owner | null;
  isCanceled: boolean;
}

/**
 * Virtual time. It stands still while anything is under way, then goes on to the next event at once. All that waits for
 * something outside waits for an event here, so that the order of everything follows from the delays that were drawn.
 */
export class Scheduler {
  /** The next event last. */
  readonly #events: Timed[] = [];
  #nowMs = 0;
  #eventCount = 0;

  /** Milliseconds since the beginning, with fractions. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** How many events there have been. */
  get eventCount(): number {
    return this.#eventCount;
  }

  /** When the next event is; infinite when there is none. */
  get nextAtMs(): number {
    return this.#events.at(-1)?.atMs ?? Infinity;
  }

  /** Makes something happen after a time, and after all that was to happen at that instant. Gives what takes it back. */
  after(delayMs: number, run: () => void, owner: Owner | null = null): () => void {
    const event: Timed = { atMs: this.#nowMs + Math.max(0, delayMs), run, owner, isCanceled: false };
    this.#events.splice(this.#placeOf(event.atMs), 0, event);
    return () => {
      event.isCanceled = true;
    };
  }

  /** Waits. Does not come back to somebody who is lost meanwhile. */
  async pass(delayMs: number, owner: Owner | null = null): Promise<void> {
    await new Promise<void>((resolve) => {
      this.after(delayMs, resolve, owner);
    });
  }

  /** Lets the next event happen and all that follows from it without taking time. */
  async step(): Promise<void> {
    const event = this.#events.pop();
    if (event === undefined) {
      return;
    }
    this.#nowMs = event.atMs;
    if (!event.isCanceled && event.owner?.isLost !== true) {
      this.#eventCount += 1;
      event.run();
      await atRest();
    }
  }

  #placeOf(atMs: number): number {
    let [low, high] = [0, this.#events.length];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((this.#events[middle]?.atMs ?? 0) > atMs) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}

/** Resolves when no promise can go on any more: Node comes to its tick queue only then. */
async function atRest(): Promise<void> {
  await new Promise<void>((resolve) => {
    process.nextTick(resolve);
  });
}
