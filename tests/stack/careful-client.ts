import type { TestStack } from "./test-stack.ts";
import { delay, waitUntil } from "./wait-until.ts";

/** How long a client waits before it repeats what was not answered. */
const REPEAT_MS = 250;

const STARTED_WITHIN_MS = 60_000;

/**
 * Starts runs as a careful client does: it repeats what was refused or not answered, with one key for each run.
 *
 * @param stack - Where.
 * @param workflow - Of which workflow.
 * @param options - `count`: how many; `spreadMs`: over how long a time their starts are spread.
 * @returns Their ids.
 */
export async function startCarefully(
  stack: TestStack,
  workflow: string,
  { count, spreadMs = 0 }: { readonly count: number; readonly spreadMs?: number },
): Promise<readonly string[]> {
  const indexes = Array.from({ length: count }, (_, index) => index);
  return Promise.all(
    indexes.map(async (index) => {
      await delay((index * spreadMs) / count);
      const options = { until: "a run is started", timeoutMs: STARTED_WITHIN_MS, pollMs: REPEAT_MS };
      const run = await waitUntil(() => stack.api.start(workflow, { idempotencyKey: `${workflow}-${index}` }), options);
      return run.id;
    }),
  );
}
