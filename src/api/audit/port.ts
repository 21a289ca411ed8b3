import type { RunId, WorkflowName } from "../../domain/ids.ts";
import type { JsonObject } from "../../domain/json.ts";
import type { Actor } from "../../domain/run/command.ts";
import type { Event } from "../../domain/run/event.ts";
import type { PageRequest } from "../runs/port.ts";

/** Where a page of the log of all runs ended: everything before this in the order of `at`, run and `seq` follows. */
export interface AuditPosition {
  readonly at: Date;
  /** Null: everything at or after the instant has been looked at. */
  readonly runId: RunId | null;
  readonly seq: number;
}

/** Which events of all runs: those that match every part. */
export interface AuditFilter {
  /** Any of these; empty: any. */
  readonly types: readonly string[];
  readonly actor: Actor | null;
  readonly workflow: WorkflowName | null;
  /** At or after. */
  readonly from: Date | null;
  /** Before. */
  readonly to: Date | null;
}

/** Events of all runs, newest first. */
export interface AuditPage {
  readonly events: readonly Event[];
  /** Where to go on; null: there is nothing older. A page may end early because looking further takes too long. */
  readonly next: AuditPosition | null;
}

/** What happened that belongs to no run. */
export type OperatorEventType = "WORKFLOW_SAVED" | "WORKFLOW_DELETED" | "KEY_CREATED" | "KEY_REVOKED";

/** An entry of the log of operators. */
export interface OperatorEvent {
  readonly id: number;
  readonly at: Date;
  readonly actor: Actor;
  readonly type: OperatorEventType;
  /** Name of what was changed. */
  readonly subject: string;
  readonly data: JsonObject;
}

/** What the API reads of all logs together. Every method throws `UnavailableError` when PostgreSQL cannot be reached in time. */
export interface AuditReads {
  /** Newest first. */
  list(filter: AuditFilter, page: PageRequest<AuditPosition> & { readonly now: Date }): Promise<AuditPage>;
  /** What operators did that belongs to no run, newest first; `after` is the last id of the page before. */
  listOperatorEvents(page: PageRequest<number>): Promise<readonly OperatorEvent[]>;
}
