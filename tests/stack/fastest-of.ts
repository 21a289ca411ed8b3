const TRIES = 10;

/**
 * Measures until one measurement is below a bound. What else the machine does only adds to a time, so the fastest of a few
 * says what the thing takes itself.
 *
 * @param measure - Measures once, in ms; null when it did not end.
 * @param boundMs - What is fast enough.
 * @returns The fastest, in ms.
 */
export async function fastestOf(measure: () => Promise<number | null>, boundMs: number): Promise<number> {
  let fastestMs = Infinity;
  for (let tries = 0; tries < TRIES && fastestMs >= boundMs; tries += 1) {
    fastestMs = Math.min(fastestMs, (await measure()) ?? Infinity);
  }
  return fastestMs;
}
