import type { LeaseToken } from "../../src/domain/ids.ts";
import type { Outcome } from "../../src/domain/run/outcome.ts";
import type { SaveRequest } from "../../src/ledger/ports.ts";

/** A call as the API that steps call sees it. */
export interface RecordedCall {
  /** Which run, step and item made it, by its address. */
  readonly caller: string;
  readonly key: string | undefined;
}

/** Remembers what consumers did: every call that they made, and what each attempt came to. */
export class Recorder {
  readonly calls: RecordedCall[] = [];
  /** What attempts came to, by their tokens: whether or not it was reported. None: it was lost before that. */
  readonly outcomes = new Map<LeaseToken, Outcome>();
  /** Attempts that were handed to more than one consumer. */
  readonly handedTwice: LeaseToken[] = [];
  readonly #handed = new Set<LeaseToken>();
  readonly #counts = new Map<string, number>();
  /** Tokens of the attempts of a name, in the order in which they began. */
  readonly #tokens = new Map<string, (LeaseToken | null)[]>();

  /** Takes a call, and tells how many there have been with its key. */
  record(call: RecordedCall): number {
    this.calls.push(call);
    const count = this.countOf(call.key ?? "") + 1;
    this.#counts.set(call.key ?? "", count);
    return count;
  }

  /** How many calls there have been with a key. */
  countOf(key: string): number {
    return this.#counts.get(key) ?? 0;
  }

  /** Takes that an attempt is handed to a consumer. */
  handOver(token: LeaseToken): void {
    if (this.#handed.has(token)) {
      this.handedTwice.push(token);
    }
    this.#handed.add(token);
  }

  /** Takes the attempts that a transaction began. */
  noteBegun({ created, changed, events }: SaveRequest): void {
    const steps = [...created, ...changed].flatMap((one) =>
      "created" in one ? [...one.created, ...one.steps] : one.steps,
    );
    for (const { type, runId, step: key, attempt } of events) {
      if (type === "STEP_STARTED") {
        const row = steps.find((step) => step.runId === runId && step.key === key && step.attempt === attempt);
        const name = `${runId}/${key}#${attempt}`;
        // One that is taken back in the same transaction never runs.
        this.#tokens.set(name, [...(this.#tokens.get(name) ?? []), row?.status === "RUNNING" ? row.token : null]);
      }
    }
  }

  /** The token of the how-manieth attempt of a step with a number: numbers begin anew when an operator resets items. */
  tokenOf(
    name: { readonly runId: string; readonly key: string; readonly attempt: number },
    nth: number,
  ): LeaseToken | null {
    return this.#tokens.get(`${name.runId}/${name.key}#${name.attempt}`)?.[nth] ?? null;
  }
}
