import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { ApiProblem } from "../../api-call.ts";
import { listAudit } from "../../api-client.ts";
import { EventTable } from "../../components/event-table.tsx";
import { ProblemNote } from "../../components/problem-note.tsx";
import type { AuditEvent } from "../../model/api-types.ts";
import { useTitle } from "../../state/use-title.ts";

const EVENTS_MAX = 2_000;

interface Log {
  readonly events: readonly AuditEvent[];
  readonly nextCursor: string | null;
  readonly problem: ApiProblem | null;
  readonly isLoaded: boolean;
}

/**
 * The audit log of all runs, newest first.
 *
 * @returns The page.
 */
export function AuditPage(): JSX.Element {
  useTitle("Audit log");
  const log = useSignal<Log>({ events: [], nextCursor: null, problem: null, isLoaded: false });
  const load = async (cursor: string | null): Promise<void> => {
    const result = await listAudit(cursor);
    const { events } = log.peek();
    log.value = result.ok
      ? {
          events: [...events, ...result.value.items],
          nextCursor: result.value.nextCursor,
          problem: null,
          isLoaded: true,
        }
      : { ...log.peek(), problem: result.problem, isLoaded: true };
  };
  useEffect(() => void load(null), []);
  const { events, nextCursor, problem, isLoaded } = log.value;
  return (
    <main class="page">
      <h1 tabIndex={-1}>Audit log</h1>
      {problem === null ? null : <ProblemNote problem={problem} what="The audit log could not be loaded" />}
      {isLoaded ? null : <div class="bone tall" aria-hidden="true" />}
      {isLoaded && problem === null && events.length === 0 ? <p class="empty">Nothing has happened yet.</p> : null}
      {events.length === 0 ? null : <EventTable events={events} place="everywhere" />}
      {nextCursor === null || events.length >= EVENTS_MAX ? null : (
        <p class="more">
          <button type="button" class="button" onClick={() => void load(nextCursor)}>
            Load more
          </button>
        </p>
      )}
    </main>
  );
}
