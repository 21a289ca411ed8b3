import type { Clock } from "../runtime/clock.ts";

/** The time of the runtime. On deployed Workers it moves only with I/O. */
export const SYSTEM_CLOCK: Clock = {
  now: () => new Date(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => {
      clearTimeout(timer);
    };
  },
};
