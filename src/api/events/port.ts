import type { Verdict } from "../../domain/audit/chain.ts";
import type { RunId, StepKey } from "../../domain/ids.ts";
import type { Event } from "../../domain/run/event.ts";
import type { ChainHead } from "../../domain/run/run.ts";

/** What checking a log came to, and where its chain ends by the run's row. */
export interface LogVerdict {
  readonly verdict: Verdict;
  readonly head: ChainHead;
}

/** What the API reads of the audit log. Every method throws `UnavailableError` when PostgreSQL cannot be reached in time. */
export interface EventReads {
  /** Events of a run with a number above `after`, in order, at most `limit`; null when there is no such run. */
  list(runId: RunId, page: { readonly after: number; readonly limit: number }): Promise<readonly Event[] | null>;
  /** Checks a run's whole log as of one instant, or null when there is no such run. */
  verify(runId: RunId): Promise<LogVerdict | null>;
  /** Where the chain of a run ends by its row, or null when there is no such run. */
  findHead(runId: RunId): Promise<ChainHead | null>;
  /** The last event of a type in a run's log, or null. */
  findLast(runId: RunId, type: Event["type"]): Promise<Event | null>;
  /** The last events of one step, in order, at most `limit`. */
  listOfStep(runId: RunId, key: StepKey, limit: number): Promise<readonly Event[]>;
}
