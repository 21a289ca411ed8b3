/** How much slower than alone code may run in a test: coverage is counted, and the other tests share the caches. */
const PATIENCE = 4;

/** Neighbours can only add to the time, so the least of a few tries is the work's own. */
const TRIES = 3;

/**
 * Does work and tells whether it takes no more of this thread's processor than it may; waiting is not counted.
 *
 * @param limitMs - The most that it may take, alone on a core.
 * @param work - The work; it is done again, at most twice, while it took too long.
 * @returns Whether one try was within the limit.
 */
export async function isWithinCpuMs(limitMs: number, work: () => unknown): Promise<boolean> {
  for (let tried = 0; tried < TRIES; tried += 1) {
    const before = process.threadCpuUsage();
    await work();
    const { user, system } = process.threadCpuUsage(before);
    if ((user + system) / 1000 <= limitMs * PATIENCE) {
      return true;
    }
  }
  return false;
}
