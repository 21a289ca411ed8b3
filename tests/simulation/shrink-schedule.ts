import type { Schedule } from "./schedule.ts";

/** Lives that are lived at most to make a schedule smaller. */
const LIVES_MAX = 400;

/**
 * Makes a schedule that fails smaller: leaves out what goes wrong and what clients do, one after another, as long as it
 * still fails.
 *
 * @param schedule - A schedule that fails.
 * @param fails - Tells whether a schedule fails.
 * @returns A schedule that fails, of which nothing can be left out; or not much, if it was long.
 */
export async function shrinkSchedule(
  schedule: Schedule,
  fails: (candidate: Schedule) => Promise<boolean>,
): Promise<Schedule> {
  let smallest = schedule;
  let lives = 0;
  for (let isSmaller = true; isSmaller && lives < LIVES_MAX;) {
    isSmaller = false;
    // What the smaller one lacks is not tried again, as its places are counted anew each time.
    for (let place = 0; place < partCount(smallest) && lives < LIVES_MAX;) {
      const candidate = without(smallest, place);
      lives += 1;
      if (await fails(candidate)) {
        smallest = candidate;
        isSmaller = true;
      } else {
        place += 1;
      }
    }
  }
  return smallest;
}

function partCount({ faults, commands }: Schedule): number {
  return faults.length + commands.length;
}

function without(schedule: Schedule, place: number): Schedule {
  const { faults, commands } = schedule;
  return {
    ...schedule,
    faults: faults.filter((_, index) => index !== place),
    commands: commands.filter((_, index) => faults.length + index !== place),
  };
}
