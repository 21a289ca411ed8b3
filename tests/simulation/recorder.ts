import type { Outcome } from "../../src/domain/run/outcome.ts";

/** A call as the API that steps call sees it. */
export interface RecordedCall {
  /** Which run and step made it, by its address. */
  readonly caller: string;
  readonly key: string | undefined;
}

/** Remembers what consumers did: every call that they made, and what each attempt came to. */
export class Recorder {
  readonly calls: RecordedCall[] = [];
  /** What attempts came to, by `attemptName`: whether or not it was reported. None: it was lost before that. */
  readonly outcomes = new Map<string, Outcome>();
  /** Attempts that were handed to more than one consumer, by `attemptName`. */
  readonly handedTwice: string[] = [];
  readonly #handed = new Set<string>();
  readonly #counts = new Map<string, number>();

  /** Takes a call, and tells how many there have been with its key. */
  record(call: RecordedCall): number {
    this.calls.push(call);
    return this.#note(call.key ?? "");
  }

  /** Takes that an attempt is handed to a consumer. */
  handOver(attempt: string): void {
    if (this.#handed.has(attempt)) {
      this.handedTwice.push(attempt);
    }
    this.#handed.add(attempt);
  }

  /** How many calls there have been with a key. */
  countOf(key: string): number {
    return this.#counts.get(key) ?? 0;
  }

  #note(key: string): number {
    const count = this.countOf(key) + 1;
    this.#counts.set(key, count);
    return count;
  }
}

/**
 * Names an attempt.
 *
 * @param runId - Its run.
 * @param stepKey - Its step.
 * @param attempt - Its number.
 * @returns Text that no other attempt has.
 */
export function attemptName(runId: string, stepKey: string, attempt: number): string {
  return `${runId}/${stepKey}#${attempt}`;
}
