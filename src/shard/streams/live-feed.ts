import type { RunId } from "../../domain/ids.ts";
import type { Event } from "../../domain/run/event.ts";
import type { Run } from "../../domain/run/run.ts";
import type { Commit } from "../../ledger/batch.ts";

/** Takes the events of a run as they are committed, in order. */
export type EventListener = (events: readonly Event[]) => void;

/** A change of a run, numbered by the shard. */
export interface RunChange {
  readonly number: number;
  readonly run: Run;
}

/** Changes that are kept for clients that come back; one that was away for longer reloads its list. */
const CHANGES_MAX = 2_000;

/** What a shard commits, for those who watch. It knows nothing that PostgreSQL does not, and forgets on a restart. */
export class LiveFeed {
  /** Tells the numbers of this life of the shard from those of another. */
  readonly epoch: string;
  readonly #eventListeners = new Map<RunId, Set<EventListener>>();
  readonly #changeListeners = new Set<() => void>();
  #changes: RunChange[] = [];
  #lastNumber = 0;

  constructor(epoch: string) {
    this.epoch = epoch;
  }

  /** Number of the last change. */
  get lastNumber(): number {
    return this.#lastNumber;
  }

  /** How many listen. */
  get listenerCount(): number {
    let count = this.#changeListeners.size;
    for (const listeners of this.#eventListeners.values()) {
      count += listeners.size;
    }
    return count;
  }

  /** Takes a commit. */
  publish(commit: Commit): void {
    this.#keep(commit.runs);
    if (this.#eventListeners.size > 0) {
      for (const [runId, events] of Map.groupBy(commit.events, (event) => event.runId)) {
        for (const listener of this.#eventListeners.get(runId) ?? []) {
          listener(events);
        }
      }
    }
    if (commit.runs.length > 0) {
      for (const listener of this.#changeListeners) {
        listener();
      }
    }
  }

  /**
   * Listens to the events of a run.
   *
   * @param runId - The run.
   * @param listener - Called with each commit that has some.
   * @returns A function that ends it.
   */
  onEvents(runId: RunId, listener: EventListener): () => void {
    const listeners = this.#eventListeners.get(runId) ?? new Set();
    this.#eventListeners.set(runId, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) {
        this.#eventListeners.delete(runId);
      }
    };
  }

  /**
   * Listens to changes of any run.
   *
   * @param listener - Called when there are some; `changesAfter` gives them.
   * @returns A function that ends it.
   */
  onChanges(listener: () => void): () => void {
    this.#changeListeners.add(listener);
    return () => {
      this.#changeListeners.delete(listener);
    };
  }

  /**
   * Gives the changes after one, each run once, as it is now.
   *
   * @param number - The last change that is known.
   * @returns The changes in order, or null when some of them are forgotten.
   */
  changesAfter(number: number): readonly RunChange[] | null {
    const oldest = this.#lastNumber - this.#changes.length;
    if (number < oldest || number > this.#lastNumber) {
      return null;
    }
    const missed = this.#changes.slice(number - oldest);
    const latest = new Map(missed.map((change) => [change.run.id, change]));
    return missed.filter((change) => latest.get(change.run.id) === change);
  }

  #keep(runs: readonly Run[]): void {
    for (const run of runs) {
      this.#lastNumber += 1;
      this.#changes.push({ number: this.#lastNumber, run });
    }
    // Cut in halves, so that the cost of a cut is spread over a thousand changes.
    if (this.#changes.length > CHANGES_MAX) {
      this.#changes = this.#changes.slice(-CHANGES_MAX / 2);
    }
  }
}
