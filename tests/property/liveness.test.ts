import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LeaseToken, StepKey } from "../../src/domain/ids.ts";
import { isActive } from "../../src/domain/run/run.ts";
import { dueAtOf, type RunningStep } from "../../src/domain/run/step.ts";
import { DEADLINE, targetText } from "../../src/domain/target.ts";
import { completed, failed, FATAL } from "../support/outcomes.ts";
import { TestRun } from "../support/test-run.ts";
import { plans } from "./arbitraries.ts";

/** What becomes of an attempt. Once the drawn fates are used up, every attempt works. */
type Fate = "works" | "fails" | "sinks" | "dies" | "reports late" | "reports twice";

/** What happens between two deliveries. Once the drawn ones are used up, nothing does. */
type Trouble = "none" | "flush" | "deliver twice" | "pause" | "no room" | "room";

const fates = fc.array(fc.constantFrom<Fate>("works", "fails", "sinks", "dies", "reports late", "reports twice"), {
  maxLength: 25,
  size: "max",
});
const troubles = fc.array(fc.constantFrom<Trouble>("none", "flush", "deliver twice", "pause", "no room", "room"), {
  maxLength: 25,
  size: "max",
});

/** More than any run of these recipes needs. */
const DELIVERIES_MAX = 1_000;

/** The world around a run: a queue that delivers, consumers that work or die, a sweeper, and an operator. */
class World {
  readonly run: TestRun;
  readonly #fates: Fate[];
  readonly #troubles: Trouble[];
  readonly #late: { readonly key: StepKey; readonly token: LeaseToken }[] = [];

  constructor(run: TestRun, theFates: readonly Fate[], theTroubles: readonly Trouble[]) {
    this.run = run;
    this.#fates = [...theFates];
    this.#troubles = [...theTroubles];
  }

  /** Delivers until the run has completed, and tells how many deliveries it took. */
  live(): number {
    this.#consume(this.run.last.begun);
    for (let count = 0; count < DELIVERIES_MAX; count += 1) {
      if (this.run.run.status === "COMPLETED") {
        return count;
      }
      this.#meetTrouble(this.#troubles.shift() ?? "none");
      this.#operate();
      this.#deliver();
    }
    return DELIVERIES_MAX;
  }

  #deliver(): void {
    const [next] = [...this.run.messages].toSorted(([, left], [, right]) => left.getTime() - right.getTime());
    if (next === undefined) {
      return;
    }
    const [key, visibleAt] = next;
    this.run.passMs(Math.max(0, visibleAt.getTime() - this.run.now.getTime()));
    if (this.run.room === 0) {
      // The dispatch loop claims only when there is room.
      this.run.room = 1;
    }
    if (key === targetText(DEADLINE)) {
      this.run.expire();
    } else {
      this.run.begin(key);
    }
    this.#consume(this.run.last.begun);
    const late = this.#late.shift();
    if (late !== undefined) {
      this.run.settle(late.key, completed(), late.token);
      this.#consume(this.run.last.begun);
    }
  }

  /** A consumer at work settles, and what that begins goes to further consumers. */
  #consume(begun: readonly RunningStep[]): void {
    const atWork = [...begun];
    for (const { key, token } of atWork) {
      for (const outcome of this.#outcomesOf(key, token, this.#fates.shift() ?? "works")) {
        this.run.settle(key, outcome, token);
        atWork.push(...this.run.last.begun);
      }
    }
  }

  #outcomesOf(key: StepKey, token: LeaseToken, fate: Fate): readonly ReturnType<typeof completed>[] {
    switch (fate) {
      case "works":
        return [completed()];
      case "fails":
        return [failed()];
      case "sinks":
        return [FATAL];
      case "dies":
        return [];
      case "reports late":
        this.#late.push({ key, token });
        return [];
      case "reports twice":
        return [completed(), completed()];
    }
  }

  /** An operator resumes what is paused and retries what has failed. */
  #operate(): void {
    if (this.run.run.status === "PAUSED" && this.run.messages.size === 0) {
      this.run.resume();
      this.#consume(this.run.last.begun);
    }
    if (this.run.run.status === "FAILED") {
      this.run.retry();
      this.#consume(this.run.last.begun);
    }
  }

  #meetTrouble(trouble: Trouble): void {
    switch (trouble) {
      case "none":
        break;
      case "flush":
        this.run.messages.clear();
        this.#sweep();
        break;
      case "deliver twice":
        for (const key of this.run.messages.keys()) {
          this.run.messages.set(key, this.run.now);
        }
        break;
      case "pause":
        this.run.pause();
        break;
      case "no room":
        this.run.room = 0;
        break;
      case "room":
        this.run.room = 3;
        break;
    }
  }

  /** Puts on the queue what the rows say is due: paused runs keep their steps back, but leases still run out. */
  #sweep(): void {
    const row = this.run.run;
    for (const step of this.run.state.steps.values()) {
      const dueAt = dueAtOf(step);
      if (isActive(row) && dueAt !== null && (row.status !== "PAUSED" || step.status === "RUNNING")) {
        this.run.messages.set(step.key, dueAt);
      }
    }
    if (isActive(row) && row.deadlineAt !== null) {
      this.run.messages.set(targetText(DEADLINE), row.deadlineAt);
    }
  }
}

describe("a run whose attempts succeed in the end", () => {
  it("completes, whatever dies, is lost, comes twice or comes late before", () => {
    fc.assert(
      fc.property(plans, fates, troubles, (plan, theFates, theTroubles) => {
        const world = new World(new TestRun(plan, { room: 2, fraction: 0.5 }), theFates, theTroubles);
        expect(world.live()).toBeLessThan(DELIVERIES_MAX);
        expect(world.run.run.status).toBe("COMPLETED");
        expect(world.run.messages.size).toBe(0);
      }),
      { numRuns: 1_000 },
    );
  });

  it("completes without any delivery when nothing goes wrong and there is room", () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const world = new World(new TestRun({ ...plan, timeoutMs: null }, { room: 100 }), [], []);
        expect(world.live()).toBe(0);
      }),
      { numRuns: 200 },
    );
  });
});
