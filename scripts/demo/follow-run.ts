import type { ApiClient, EventView, RunView } from "./api-client.ts";

const POLL_MS = 100;
const ENDED: ReadonlySet<string> = new Set(["COMPLETED", "FAILED", "CANCELED"]);

/** Whom to tell while a run is followed. */
export interface RunObserver {
  /** Called for each event, in order, once. */
  onEvent(event: EventView): void;
  /** Called with the run each time it was read. */
  onRun(run: RunView): void;
}

/** A run that has ended, with its whole audit log. */
export interface EndedRun {
  readonly run: RunView;
  readonly events: readonly EventView[];
}

/**
 * Follows a run until it has ended and all its events were seen.
 *
 * @param client - The API.
 * @param id - The run's id.
 * @param observer - Whom to tell.
 * @param timeoutMs - How long to follow it.
 * @returns The run as it ended, and its events. Throws when it has not ended in time.
 */
export async function followRun(
  client: ApiClient,
  id: string,
  observer: RunObserver,
  timeoutMs: number,
): Promise<EndedRun> {
  const end = performance.now() + timeoutMs;
  const events: EventView[] = [];
  for (;;) {
    const run = await client.readRun(id);
    for (const event of await readNewEvents(client, run, events.length)) {
      events.push(event);
      observer.onEvent(event);
    }
    observer.onRun(run);
    if (ENDED.has(run.status) && events.length >= run.seq) {
      return { run, events };
    }
    if (performance.now() > end) {
      throw new Error(`Run ${id} is still ${run.status} after ${timeoutMs / 1000} s.`);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Events are numbered without gaps, so that their count is the number of the last one. */
async function readNewEvents(client: ApiClient, run: RunView, knownCount: number): Promise<readonly EventView[]> {
  return run.seq > knownCount ? client.readEvents(run.id, knownCount) : [];
}
