import type { Assignment } from "../domain/run/outcome.ts";
import type { Clock } from "./clock.ts";

/** Attempts handed over in one turn of the event loop: so many at first, then as many as the turns bear. */
const IN_TURN_AT_FIRST = 8;
const IN_TURN_MIN = 2;
const IN_TURN_MAX = 128;

/** A turn of the event loop that takes longer keeps others waiting, in ms. */
const TURN_MS_MAX = 50;

/**
 * Hands attempts to consumers a few in each turn of the event loop. Consumers evaluate expressions, and where they share
 * a thread with the API (one process, one isolate) nobody else gets a turn before all of those have ended that were
 * called in the same one. The longer turns take, the fewer attempts go into the next.
 */
export class HandOver {
  readonly #clock: Clock;
  readonly #call: (assignment: Assignment) => void;
  readonly #waiting: Assignment[] = [];
  #inTurn = IN_TURN_AT_FIRST;
  #leftInTurn = IN_TURN_AT_FIRST;
  #isTurnUnderWay = false;

  constructor(clock: Clock, call: (assignment: Assignment) => void) {
    this.#clock = clock;
    this.#call = call;
  }

  /** Hands an attempt over: now, or in one of the next turns, first come first served. */
  give(assignment: Assignment): void {
    this.#waiting.push(assignment);
    this.#handOver();
  }

  #handOver(): void {
    while (this.#leftInTurn > 0) {
      const assignment = this.#waiting.shift();
      if (assignment === undefined) {
        return;
      }
      this.#leftInTurn -= 1;
      this.#noteTurn();
      this.#call(assignment);
    }
  }

  #noteTurn(): void {
    if (this.#isTurnUnderWay) {
      return;
    }
    this.#isTurnUnderWay = true;
    const startedAtMs = this.#clock.now().getTime();
    this.#clock.after(0, () => {
      const tookMs = this.#clock.now().getTime() - startedAtMs;
      this.#inTurn =
        tookMs > TURN_MS_MAX ? Math.max(IN_TURN_MIN, this.#inTurn / 2) : Math.min(IN_TURN_MAX, this.#inTurn * 2);
      this.#leftInTurn = this.#inTurn;
      this.#isTurnUnderWay = false;
      this.#handOver();
    });
  }
}
