import type { JSX } from "preact";
import type { ApiProblem } from "../api-call.ts";

/**
 * Says that something could not be loaded; what was loaded before stays on screen beside it.
 *
 * @param props - The problem, what could not be done, and how to try again.
 * @returns The note.
 */
export function ProblemNote({
  problem,
  what,
  onRetry,
}: {
  readonly problem: ApiProblem;
  readonly what: string;
  readonly onRetry?: () => void;
}): JSX.Element {
  return (
    <div class="problem" role="alert">
      <span class="status-icon" aria-hidden="true">
        ✕
      </span>
      <span>
        {what}: <bdi>{problem.detail}</bdi>.
      </span>
      {onRetry === undefined ? null : (
        <button type="button" class="button small" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}
