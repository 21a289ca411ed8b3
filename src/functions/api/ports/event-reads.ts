import type { RunId, StepKey } from "../../../domain/ids.ts";
import type { Event } from "../../../domain/run/event.ts";

/** What the API reads of the audit log. Every method throws `UnavailableError` when PostgreSQL cannot be reached in time. */
export interface EventReads {
  /** Events of a run with a number above `after`, in order, at most `limit`; null when there is no such run. */
  list(runId: RunId, page: { readonly after: number; readonly limit: number }): Promise<readonly Event[] | null>;
  /** The last events of one step, in order, at most `limit`. */
  listOfStep(runId: RunId, key: StepKey, limit: number): Promise<readonly Event[]>;
}
