/** Time, for all that waits. */
export interface Clock {
  now(): Date;
  /** Calls back once after a time, unless the process ends before. Returns a function that takes the call back. */
  after(delayMs: number, callback: () => void): () => void;
}
