import { TROUBLE_MS_MAX } from "./draw-schedule.ts";
import { findWrongs } from "./find-wrongs.ts";
import type { Plant } from "./plant.ts";
import type { Schedule } from "./schedule.ts";
import { World } from "./world.ts";

/** After all trouble is over, everything must have come to rest within this, in ms. */
const REST_MS_MAX = 3_600_000;

/** More than any life needs; one that turns in circles without time passing would never end. */
const EVENTS_MAX = 50_000;

/** What came of a life. */
export interface Verdict {
  /** One sentence for each thing that must not be; none when all is well. */
  readonly wrongs: readonly string[];
  readonly runCount: number;
  readonly callCount: number;
  readonly eventCount: number;
  /** What happened, line by line; empty unless it was asked for. */
  readonly trace: readonly string[];
}

/**
 * Lets the engine live through a schedule: the same schedule always comes to the same.
 *
 * @param schedule - Recipes, what clients do and what goes wrong.
 * @param options - A mistake to plant, and whether to tell what happens.
 * @returns What came of it.
 */
export async function simulate(
  schedule: Schedule,
  { plant = {}, isTraced = false }: { readonly plant?: Plant; readonly isTraced?: boolean } = {},
): Promise<Verdict> {
  const world = new World(schedule, { plant, isTraced });
  const { scheduler, queue, database, recorder, trace } = world.outside;
  const stepUntil = async (untilMs: number, isEnough: () => boolean): Promise<void> => {
    while (!isEnough() && scheduler.nextAtMs <= untilMs && scheduler.eventCount < EVENTS_MAX) {
      await scheduler.step();
    }
  };
  world.begin();
  await stepUntil(TROUBLE_MS_MAX, () => world.isQuiet);
  world.calm();
  const restMs = scheduler.nowMs + REST_MS_MAX;
  await stepUntil(restMs, () => world.isQuiet && queue.messages.size === 0);
  return {
    wrongs: [
      ...findWrongs(world.outside, schedule, world.clients.acknowledged),
      ...(world.isQuiet ? [] : [`it has not come to rest ${Math.round(scheduler.nowMs)} ms after the beginning`]),
    ],
    runCount: database.runIds.length,
    callCount: recorder.calls.length,
    eventCount: scheduler.eventCount,
    trace: trace ?? [],
  };
}
