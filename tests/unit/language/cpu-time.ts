/** How much slower than alone code may run in a test: coverage is counted, and the other tests share the caches. */
const PATIENCE = 4;

/** Does work and tells whether it took no more time of this thread's processor than it may, waiting not counted. */
export async function isWithinCpuMs(limitMs: number, work: () => unknown): Promise<boolean> {
  const before = process.threadCpuUsage();
  await work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000 <= limitMs * PATIENCE;
}
