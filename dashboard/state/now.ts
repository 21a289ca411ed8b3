import { signal } from "@preact/signals";

const TICK_MS = 1_000;

/** The present in ms since 1970, to the second, for what is shown as running or as some time ago. */
export const nowMs = signal(Date.now());

/** Lets the clock tick; a page that is hidden stands still. */
export function startClock(): void {
  setInterval(() => {
    if (!document.hidden) nowMs.value = Date.now();
  }, TICK_MS);
}
