import type { ApiKeyStore } from "./api-key-store.ts";
import type { AuditReads } from "./audit-reads.ts";
import type { EventReads } from "./event-reads.ts";
import type { RunReads } from "./run-reads.ts";
import type { StatsReads } from "./stats-reads.ts";
import type { WorkflowStore } from "./workflow-store.ts";

/** PostgreSQL as one request sees it. It connects on first use. */
export interface ApiDatabase {
  readonly runs: RunReads;
  readonly events: EventReads;
  readonly workflows: WorkflowStore;
  readonly keys: ApiKeyStore;
  readonly audit: AuditReads;
  readonly stats: StatsReads;
  /** When the step that has been due longest became due; null when none is due. Throws `UnavailableError`. */
  findOldestDue(now: Date): Promise<Date | null>;
  /** Closes the connection, if there is one. Never throws. */
  close(): Promise<void>;
}
