import { UnavailableError } from "../domain/errors.ts";
import type { Clock } from "../runtime/clock.ts";

/** Whose answer is waited for, and how long. */
export interface Deadline {
  /** In ms. */
  readonly limitMs: number;
  /** Who is to answer, for the error. */
  readonly who: string;
  readonly clock: Clock;
}

/**
 * Waits for an answer that PostgreSQL is behind, but not for ever.
 *
 * @param deadline - How long, and for whom.
 * @param answer - The answer.
 * @returns The answer. What comes later is dropped.
 * @throws UnavailableError when the time is up.
 */
export async function answerWithin<Value>(deadline: Deadline, answer: PromiseLike<Value>): Promise<Value> {
  const { limitMs, who, clock } = deadline;
  let takeBack: (() => void) | undefined;
  const silence = new Promise<never>((_resolve, reject) => {
    takeBack = clock.after(limitMs, () => {
      reject(new UnavailableError("postgres", `${who} did not answer within ${limitMs} ms`));
    });
  });
  try {
    return await Promise.race([answer, silence]);
  } finally {
    takeBack?.();
  }
}
