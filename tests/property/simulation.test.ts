import { describe, expect, it } from "vitest";
import { drawSchedule } from "../simulation/draw-schedule.ts";
import { PLANTED_MISTAKES } from "../simulation/planted-mistakes.ts";
import { shrinkSchedule } from "../simulation/shrink-schedule.ts";
import { simulate } from "../simulation/simulate.ts";

/** More of them, and new ones, with `npm run simulate`. */
const SEEDS = 500;
const SEEDS_PER_TEST = 100;

/** Seeds in which a planted mistake must show; all of them did within the first 150. */
const SEEDS_UNTIL_FOUND = 500;

describe("a life of the engine in which anything may be lost, late, repeated or refused", () => {
  const firsts = Array.from({ length: SEEDS / SEEDS_PER_TEST }, (_, index) => 1 + index * SEEDS_PER_TEST);

  it.each(firsts)("leaves every run as it should be: seeds from %i", async (first) => {
    for (let seed = first; seed < first + SEEDS_PER_TEST; seed += 1) {
      const { wrongs } = await simulate(drawSchedule(seed));
      expect(wrongs, `npm run simulate -- --seed ${seed}`).toEqual([]);
    }
  });

  it("is the same life each time it is lived", async () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const lives = [
        await simulate(drawSchedule(seed), { isTraced: true }),
        await simulate(drawSchedule(seed), { isTraced: true }),
      ];
      expect(lives[0]).toEqual(lives[1]);
    }
  });
});

describe("the simulation finds", () => {
  it.each(PLANTED_MISTAKES)("$what", async ({ plant }) => {
    let seed = 1;
    while (seed < SEEDS_UNTIL_FOUND && (await simulate(drawSchedule(seed), { plant })).wrongs.length === 0) {
      seed += 1;
    }
    const schedule = drawSchedule(seed);
    const smallest = await shrinkSchedule(
      schedule,
      async (candidate) => (await simulate(candidate, { plant })).wrongs.length > 0,
    );
    expect((await simulate(smallest, { plant })).wrongs).not.toEqual([]);
    expect((await simulate(smallest)).wrongs).toEqual([]);
    expect(smallest.faults.length + smallest.commands.length).toBeLessThanOrEqual(
      schedule.faults.length + schedule.commands.length,
    );
  });
});
