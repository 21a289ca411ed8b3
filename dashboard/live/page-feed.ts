import { signal } from "@preact/signals";
import { Feed, type FeedPlace, type FeedSource, type FeedState } from "./feed.ts";

/** How fresh the page is; null when it shows nothing that changes. */
export const feedState = signal<FeedState | null>(null);

let current: Feed | null = null;

/**
 * Starts to keep the page up to date; the feed before is closed, so that a page holds one connection at most.
 *
 * @param source - Where the news comes from.
 * @returns Ends the feed.
 */
export function startFeed(source: FeedSource): () => void {
  current?.close();
  const feed = new Feed(source, place);
  current = feed;
  const onVisibility = (): void => {
    if (document.hidden) feed.restart();
  };
  document.addEventListener("visibilitychange", onVisibility);
  void feed.run();
  return () => {
    document.removeEventListener("visibilitychange", onVisibility);
    feed.close();
    if (current === feed) {
      current = null;
      feedState.value = null;
    }
  };
}

/** Connects again now, without waiting for the end of the pause. */
export function retryFeed(): void {
  current?.restart();
}

const place: FeedPlace = {
  isHidden: () => document.hidden,
  untilVisible: (aborted) => untilEvent(document, "visibilitychange", aborted),
  wait: (ms, aborted) => waitFor(ms, aborted),
  nowMs: () => Date.now(),
  report: (state) => {
    feedState.value = state;
  },
};

async function waitFor(ms: number, aborted: AbortSignal): Promise<void> {
  if (aborted.aborted) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    aborted.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}

async function untilEvent(target: EventTarget, type: string, aborted: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    target.addEventListener(type, () => resolve(), { once: true, signal: aborted });
    aborted.addEventListener("abort", () => resolve(), { once: true });
  });
}
