import { Draws } from "./draws.ts";
import type { CallEffect, CallPoint, ConsumerFault, HttpFault, Schedule } from "./schedule.ts";

/** How long a call takes, and what goes wrong with it. */
export interface CallFate {
  /** On the way there, in ms. */
  readonly requestMs: number;
  /** On the way back, in ms. */
  readonly answerMs: number;
  readonly effect: CallEffect | null;
  /** Whether a call that was sent is done although its sender is lost since. */
  readonly outlivesSender: boolean;
}

/** What becomes of an invocation of a consumer. */
export interface ConsumerFate {
  readonly effect: ConsumerFault["effect"] | null;
  readonly startMs: number;
  readonly tarriesMs: number;
}

const LATE_MS = { min: 500, max: 9_000 };
const SLOW_MS = { min: 4_000, max: 40_000 };
const TARRIES_MS = { min: 1_000, max: 60_000 };

/** Looks up what a schedule does to each call, in the order in which calls are made. */
export class FaultPlan {
  readonly #schedule: Schedule;
  readonly #counts = new Map<string, number>();
  #isOver = false;

  constructor(schedule: Schedule) {
    this.#schedule = schedule;
  }

  /** From now on nothing goes wrong any more. */
  end(): void {
    this.#isOver = true;
  }

  /** What becomes of the next call at a point. */
  call(point: CallPoint): CallFate {
    const nth = this.#count(point);
    const effect =
      this.#find((fault) =>
        fault.kind === "call" && fault.point === point && fault.nth === nth ? fault.effect : null,
      ) ?? null;
    const draws = this.#draws(point, nth);
    const late = draws.between(LATE_MS.min, LATE_MS.max);
    return {
      requestMs: latencyMs(draws) + (effect === "late" ? late : 0),
      answerMs: latencyMs(draws) + (effect === "slow" ? late : 0),
      effect,
      outlivesSender: draws.chance(0.5),
    };
  }

  /** What becomes of the next invocation of a consumer. */
  consumer(): ConsumerFate {
    const nth = this.#count("consumer");
    const draws = this.#draws("consumer", nth);
    return {
      effect: this.#find((fault) => (fault.kind === "consumer" && fault.nth === nth ? fault.effect : null)) ?? null,
      startMs: latencyMs(draws),
      tarriesMs: draws.between(TARRIES_MS.min, TARRIES_MS.max),
    };
  }

  /** What an API answers to the n-th call of a caller (run, step, item), and after how many ms. */
  http(caller: string, nth: number): { readonly answer: HttpFault["answer"] | null; readonly ms: number } {
    const [, step, item = ""] = caller.split("/");
    const answer = this.#find((fault) =>
      fault.kind === "http" && fault.step === step && nth <= fault.calls && item.endsWith(fault.item ?? "")
        ? fault.answer
        : null,
    );
    const draws = this.#draws(caller, nth);
    const ms = answer === "slow" ? draws.between(SLOW_MS.min, SLOW_MS.max) : latencyMs(draws) * 10;
    return { answer: answer ?? null, ms };
  }

  /** Draws for something else that is told apart by a name; the same for the how-manieth of that name. */
  drawsFor(name: string): Draws {
    return this.#draws(name, this.#count(name));
  }

  #find<Effect>(match: (fault: Schedule["faults"][number]) => Effect | null): Effect | undefined {
    for (const fault of this.#isOver ? [] : this.#schedule.faults) {
      const found = match(fault);
      if (found !== null) {
        return found;
      }
    }
    return undefined;
  }

  #count(name: string): number {
    const nth = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, nth);
    return nth;
  }

  /** Apart for each name and number, so that a fault that is left out changes as little as can be of what is drawn. */
  #draws(name: string, nth: number): Draws {
    let hash = 0;
    for (let index = 0; index < name.length; index += 1) {
      hash = (Math.imul(hash, 31) + name.charCodeAt(index)) | 0;
    }
    return new Draws(this.#schedule.seed, hash, nth);
  }
}

/** Mostly a few ms, sometimes some hundred. */
function latencyMs(draws: Draws): number {
  return draws.fraction() * draws.pick([2, 2, 2, 2, 2, 2, 2, 20, 20, 400]);
}
