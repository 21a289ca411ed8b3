import type { RunView } from "./api-client.ts";
import type { RunObserver } from "./follow-run.ts";

/** The outcome of one demo or proof. */
export interface Result {
  readonly name: string;
  /** What went wrong, or null. */
  readonly complaint: string | null;
  /** The run it is about, or null when none was started. */
  readonly run: RunView | null;
  readonly durationMs: number;
}

/** Shows what the demo does; one for people, one for programs. */
export interface Reporter extends RunObserver {
  /** Progress that is no result: starting, stopping, waiting. */
  progress(message: string): void;
  /** A demo or proof begins. */
  begin(name: string, runId: string): void;
  /** A demo or proof is done. */
  end(result: Result): void;
  /** All are done; also prints the last line, `N passed, N failed`. */
  summary(results: readonly Result[]): void;
}

/**
 * Counts results the way the last line does.
 *
 * @param results - Of all demos and proofs.
 * @returns `N passed, N failed`.
 */
export function closingLine(results: readonly Result[]): string {
  const failed = results.filter((result) => result.complaint !== null).length;
  return `${results.length - failed} passed, ${failed} failed`;
}

/**
 * Counts the attempts of a run.
 *
 * @param run - The run.
 * @returns The sum over its steps.
 */
export function countAttempts(run: RunView): number {
  return run.steps.reduce((sum, step) => sum + step.attempt, 0);
}
