import type { JSX } from "preact";
import { StatusBadge } from "../../components/status-badge.tsx";
import { Elapsed } from "../../components/time.tsx";
import type { Attempt } from "../../model/api-types.ts";
import { formatClock, formatDuration, formatInstant } from "../../model/format.ts";
import { HttpLine } from "./failure-card.tsx";

/**
 * Lists the tries of a step, with what went wrong and how long it waited for the next.
 *
 * @param props - The tries in order.
 * @returns The list.
 */
export function AttemptList({ attempts }: { readonly attempts: readonly Attempt[] }): JSX.Element {
  if (attempts.length === 0) return <p class="muted">Not tried yet.</p>;
  return (
    <ol class="attempts">
      {attempts.map((attempt) => (
        <li key={attempt.attempt} class={`attempt ${attempt.status.toLowerCase()}`}>
          <p class="attempt-head">
            <strong>Attempt {attempt.attempt}</strong>
            <StatusBadge status={attempt.status} />
            <Elapsed startedAt={attempt.startedAt} endedAt={attempt.endedAt} />
            {attempt.startedAt === null ? null : (
              <time class="muted" dateTime={attempt.startedAt} title={formatInstant(attempt.startedAt)}>
                {formatClock(attempt.startedAt)} UTC
              </time>
            )}
          </p>
          {attempt.error === null ? null : (
            <>
              <p class="failure-message">
                <code>{attempt.error.code}</code> <bdi>{attempt.error.message}</bdi>
              </p>
              <HttpLine error={attempt.error} />
            </>
          )}
          {attempt.retryDelayMs === null ? null : (
            <p class="backoff">↻ {formatDuration(attempt.retryDelayMs)} until the next attempt</p>
          )}
        </li>
      ))}
    </ol>
  );
}
