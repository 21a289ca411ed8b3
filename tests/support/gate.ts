/** Something that waits until a test lets it go on. */
export interface Gate {
  readonly passed: Promise<void>;
  readonly open: () => void;
}

/**
 * Makes a gate.
 *
 * @returns A closed gate.
 */
export function closedGate(): Gate {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { passed: promise, open: resolve };
}

/**
 * Lets everything that is under way in memory come to rest: promises settle before the next turn of the event loop.
 */
export async function settled(): Promise<void> {
  await new Promise<void>((resolve) => {
    setImmediate(resolve);
  });
}
