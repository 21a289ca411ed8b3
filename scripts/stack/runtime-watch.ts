const TICK_MS = 1_000;
/** How long a runtime that has answered before may stay silent. */
const SILENCE_TICKS_MAX = 10;
/** A runtime that has just started compiles the Worker before its first answer. */
const FIRST_ANSWER_TICKS_MAX = 20;

/** What is watched, and what happens when it hangs. */
export interface WatchedRuntime {
  /** Sends the runtime a request; resolves with its answer, rejects when it cannot be reached. */
  ask(signal: AbortSignal): Promise<void>;
  /** Whether somebody has stopped the runtime on purpose: a debugger, or Ctrl-Z. */
  isPaused(): boolean;
  /** Replaces a runtime that did not answer for so long; `begin` tells that the new one is there. */
  replace(silentMs: number): void;
}

/**
 * Watches whether a runtime answers. A Worker that loops for ever stops everything in its process and never ends by
 * itself, so nobody else would notice.
 *
 * One request is open at a time, and any answer counts, so a runtime that is merely busy has ten seconds to get round
 * to it. The seconds are counted by a timer of this process and not by the clock: a machine that slept, or that lets
 * nobody run, is no runtime that hangs.
 */
export class RuntimeWatch {
  readonly #runtime: WatchedRuntime;
  #timer: NodeJS.Timeout | null = null;
  #ask: AbortController | null = null;
  #hasAnswered = false;
  #silentTicks = 0;

  /** @param runtime - What to watch. */
  constructor(runtime: WatchedRuntime) {
    this.#runtime = runtime;
  }

  /** A runtime has started, the first or a new one: watches it. */
  begin(): void {
    this.end();
    this.#hasAnswered = false;
    this.#silentTicks = 0;
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#timer.unref();
  }

  /** The runtime goes, and is meant to: watches no more. */
  end(): void {
    if (this.#timer !== null) {
      clearInterval(this.#timer);
    }
    this.#timer = null;
    this.#ask?.abort();
    this.#ask = null;
  }

  #tick(): void {
    this.#silentTicks += 1;
    const ticksMax = this.#hasAnswered ? SILENCE_TICKS_MAX : FIRST_ANSWER_TICKS_MAX;
    if (this.#silentTicks > ticksMax) {
      const silentMs = this.#silentTicks * TICK_MS;
      this.#silentTicks = 0;
      if (!this.#runtime.isPaused()) {
        this.#runtime.replace(silentMs);
      }
    }
    if (this.#ask === null) {
      void this.#askOnce();
    }
  }

  async #askOnce(): Promise<void> {
    const ask = new AbortController();
    this.#ask = ask;
    try {
      await this.#runtime.ask(ask.signal);
      if (this.#ask === ask) {
        this.#hasAnswered = true;
        this.#silentTicks = 0;
      }
    } catch {
      // Nothing listens, so a runtime is being started: it gets the time that a start takes.
      this.#hasAnswered = false;
    }
    if (this.#ask === ask) {
      this.#ask = null;
    }
  }
}
