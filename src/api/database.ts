import type { AuditReads } from "./audit/port.ts";
import type { EventReads } from "./events/port.ts";
import type { StateReads } from "./health/port.ts";
import type { ApiKeyStore } from "./keys/port.ts";
import type { RunReads } from "./runs/port.ts";
import type { SignalReads } from "./signals/port.ts";
import type { StatsReads } from "./stats/port.ts";
import type { WorkflowStore } from "./workflows/port.ts";

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
