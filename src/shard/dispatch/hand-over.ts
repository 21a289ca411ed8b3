import type { LeaseToken } from "../../domain/ids.ts";
import type { PlanNode } from "../../domain/plan/plan.ts";
import type { Assignment } from "../../domain/run/outcome.ts";
import type { Clock } from "../../runtime/clock.ts";

/** Of the places for attempts that compute, how many one takes: a call mostly waits, a transform does nothing else. */
const PLACES_TAKEN = { http: 1, transform: 4, output: 4, wait: 4, foreach: 4 } as const satisfies Record<
  PlanNode["type"],
  number
>;

/** After this a call is taken to wait for its API. The timer comes late while the thread computes, which is as it should be. */
const CALL_COMPUTES_MS = 10;

/** What handing over takes. */
export interface HandOverPorts {
  readonly clock: Clock;
  /** Places for attempts that compute at the same time. */
  readonly places: number;
  /** Calls the consumer. Resolves when the call has ended; must not reject. */
  readonly call: (assignment: Assignment) => Promise<void>;
}

/**
 * Hands attempts to consumers, a few at a time. Consumers evaluate expressions, and where they share a thread with the
 * API (one process, one isolate) nobody else has a turn before all have computed that were called. So the next are
 * called only when those before have reported, or wait for their API.
 */
export class HandOver {
  readonly #ports: HandOverPorts;
  readonly #waiting: Assignment[] = [];
  /** Places that attempts take which may compute. */
  readonly #taken = new Map<LeaseToken, number>();
  #takenCount = 0;

  constructor(ports: HandOverPorts) {
    this.#ports = ports;
  }

  /** Hands an attempt over, now or when there is a place: first come, first served. */
  give(assignment: Assignment): void {
    this.#waiting.push(assignment);
    this.#callNext();
  }

  /** The attempt with this token computes no more. */
  free(token: LeaseToken): void {
    this.#takenCount -= this.#taken.get(token) ?? 0;
    this.#taken.delete(token);
    this.#callNext();
  }

  #callNext(): void {
    for (let next = this.#waiting[0]; next !== undefined && this.#hasPlaceFor(next); next = this.#waiting[0]) {
      this.#waiting.shift();
      void this.#call(next);
    }
  }

  #hasPlaceFor({ node }: Assignment): boolean {
    return this.#takenCount === 0 || this.#takenCount + PLACES_TAKEN[node.type] <= this.#ports.places;
  }

  async #call(assignment: Assignment): Promise<void> {
    const { token, node } = assignment;
    this.#taken.set(token, PLACES_TAKEN[node.type]);
    this.#takenCount += PLACES_TAKEN[node.type];
    if (node.type === "http") {
      this.#ports.clock.after(CALL_COMPUTES_MS, () => {
        this.free(token);
      });
    }
    await this.#ports.call(assignment);
    this.free(token);
  }
}
