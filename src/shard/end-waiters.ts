import type { RunId } from "../domain/ids.ts";
import type { Run } from "../domain/run/run.ts";
import { isRunEnded, type RunStatus } from "../domain/run/transitions.ts";
import type { Clock } from "../runtime/clock.ts";

type Resolve = (status: RunStatus | null) => void;

/** Ends beyond this are forgotten; a caller who asks later looks at the run itself. */
const RECENT_ENDS_MAX = 2_000;

/** Callers that wait for runs to end. */
export class EndWaiters {
  readonly #clock: Clock;
  readonly #waiters = new Map<RunId, Set<Resolve>>();
  /** A run may end between its start and the call that waits for it. */
  readonly #recent = new Map<RunId, RunStatus>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes the runs of a commit. */
  note(runs: readonly Run[]): void {
    for (const run of runs) {
      if (isRunEnded(run.status)) {
        this.#end(run.id, run.status);
      } else {
        this.#recent.delete(run.id);
      }
    }
  }

  /**
   * Waits for a run to end.
   *
   * @param runId - The run.
   * @param timeoutMs - How long to wait at most.
   * @returns The state it ended in, or null when the time is up.
   */
  async wait(runId: RunId, timeoutMs: number): Promise<RunStatus | null> {
    const ended = this.#recent.get(runId);
    if (ended !== undefined) {
      return ended;
    }
    return new Promise((resolve) => {
      const waiters = this.#waiters.get(runId) ?? new Set();
      this.#waiters.set(runId, waiters);
      const cancel = this.#clock.after(timeoutMs, () => {
        waiters.delete(settle);
        if (waiters.size === 0) {
          this.#waiters.delete(runId);
        }
        resolve(null);
      });
      function settle(status: RunStatus | null): void {
        cancel();
        resolve(status);
      }
      waiters.add(settle);
    });
  }

  #end(runId: RunId, status: RunStatus): void {
    for (const resolve of this.#waiters.get(runId) ?? []) {
      resolve(status);
    }
    this.#waiters.delete(runId);
    this.#recent.set(runId, status);
    if (this.#recent.size > RECENT_ENDS_MAX) {
      const oldest = this.#recent.keys().next();
      if (oldest.done !== true) {
        this.#recent.delete(oldest.value);
      }
    }
  }
}
