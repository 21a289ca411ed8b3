/** Wrong keys that one address may try in a minute. */
const FAILURES_MAX = 20;

const WINDOW_MS = 60_000;

/** Addresses that are watched; beyond it the one watched longest is forgotten. */
const ADDRESSES_MAX = 10_000;

interface Window {
  readonly endsAtMs: number;
  readonly count: number;
}

/** Counts failed attempts by address, per isolate: a program with a wrong key is told to wait. */
export class FailureLimit {
  readonly #windows = new Map<string, Window>();

  /**
   * Tells how long an address has to wait.
   *
   * @param address - Network address.
   * @param now - The present instant.
   * @returns Time until it may try again, in ms; 0: it may now.
   */
  waitMs(address: string, now: Date): number {
    const window = this.#windows.get(address);
    return window === undefined || window.count < FAILURES_MAX ? 0 : Math.max(0, window.endsAtMs - now.getTime());
  }

  /**
   * Counts a failed attempt.
   *
   * @param address - Network address.
   * @param now - The present instant.
   */
  note(address: string, now: Date): void {
    const window = this.#windows.get(address);
    const isOpen = window !== undefined && window.endsAtMs > now.getTime();
    if (!isOpen) {
      this.#windows.delete(address);
      this.#makeRoom();
    }
    this.#windows.set(address, {
      endsAtMs: isOpen ? window.endsAtMs : now.getTime() + WINDOW_MS,
      count: isOpen ? window.count + 1 : 1,
    });
  }

  #makeRoom(): void {
    const oldest = this.#windows.size < ADDRESSES_MAX ? undefined : this.#windows.keys().next().value;
    if (oldest !== undefined) {
      this.#windows.delete(oldest);
    }
  }
}
