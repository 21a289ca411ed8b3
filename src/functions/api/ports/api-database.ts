import type { ApiKeyStore } from "./api-key-store.ts";
import type { AuditReads } from "./audit-reads.ts";
import type { EventReads } from "./event-reads.ts";
import type { RunReads } from "./run-reads.ts";
import type { SignalReads } from "./signal-reads.ts";
import type { StatsReads } from "./stats-reads.ts";
import type { WorkflowStore } from "./workflow-store.ts";

/** How PostgreSQL is. */
export interface DatabaseState {
  /** When the step that has been due longest became due; null when none is due. */
  readonly oldestDueAt: Date | null;
  /** Whether it takes writes: it may be a standby that replays another's log, or set to be read only. */
  readonly writes: "taken" | "standby" | "read_only";
}

/** What health and metrics ask of PostgreSQL. Every method throws `UnavailableError` when it cannot be reached in time. */
export interface StateReads {
  look(now: Date): Promise<DatabaseState>;
}

/** PostgreSQL as the API sees it, part by part. Each method is one call; it connects on first use. */
export interface ApiDatabase {
  readonly runs: RunReads;
  readonly events: EventReads;
  readonly signals: SignalReads;
  readonly workflows: WorkflowStore;
  readonly keys: ApiKeyStore;
  readonly audit: AuditReads;
  readonly stats: StatsReads;
  readonly state: StateReads;
}
