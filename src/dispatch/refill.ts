import type { RefillPorts } from "../shard/dispatch/ports.ts";

/** The sweeper looks this far ahead, more than the minute between two cron sweeps. */
const SWEEP_AHEAD_MS = 120_000;

/** Nobody hides a message for longer, in ms: not a claim, not one who puts it aside. */
const HIDDEN_MS_MAX = 60_000;

/**
 * Puts on the queue what PostgreSQL says is due and the queue may have lost, or has at an instant of another clock.
 *
 * @param ports - Queue, clock and PostgreSQL.
 * @returns What is due now and needs no place, as members of the queue.
 * @throws UnavailableError when one of the two cannot be reached.
 */
export async function refillQueue({ queue, clock, findDue }: RefillPorts): Promise<readonly string[]> {
  const nowMs = clock.now().getTime();
  const { due, strayed } = await findDue(new Date(nowMs), new Date(nowMs + SWEEP_AHEAD_MS));
  await queue.restore(due, new Date(nowMs + HIDDEN_MS_MAX));
  if (strayed.length > 0) {
    await queue.write(strayed, []);
  }
  const now = [...due, ...strayed].filter(({ visibleAt, needsPlace }) => !needsPlace && visibleAt.getTime() <= nowMs);
  return now.map(({ member }) => member);
}
