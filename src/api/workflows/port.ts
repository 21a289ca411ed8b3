import type { WorkflowName } from "../../domain/ids.ts";
import type { Json } from "../../domain/json.ts";
import type { Plan, StoredPlan } from "../../domain/plan/plan.ts";
import type { Actor } from "../../domain/run/command.ts";
import type { PageRequest } from "../runs/port.ts";

/** A workflow as lists show it. */
export interface WorkflowSummaryRecord {
  readonly name: string;
  /** The latest. */
  readonly version: number;
  readonly enabled: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** One version of a workflow: its recipe as written, its plan by the release that saved it. */
export interface WorkflowRecord extends StoredPlan {
  readonly name: string;
  readonly version: number;
  readonly enabled: boolean;
  readonly checksum: string;
  /** When this version was saved, and by whom. */
  readonly createdAt: Date;
  readonly createdBy: Actor;
}

/** A version as lists show it. */
export type VersionRecord = Pick<WorkflowRecord, "name" | "version" | "checksum" | "createdAt" | "createdBy">;

/** A compiled recipe on its way into the store. */
export interface SaveWorkflowRequest {
  readonly recipe: Json;
  readonly plan: Plan;
  readonly checksum: string;
  readonly actor: Actor;
  readonly now: Date;
}

/** What the API reads and writes of workflows. Every method throws `UnavailableError` when PostgreSQL cannot be reached in time. */
export interface WorkflowStore {
  /**
   * Saves a recipe, enables its workflow and notes the new version. The recipe of the latest version again makes no new version. Saves of one
   * workflow that arrive at once get one version after the other.
   */
  save(request: SaveWorkflowRequest): Promise<{ readonly version: number; readonly isNew: boolean }>;
  /** By name; never reads recipes. */
  list(page: PageRequest<string>): Promise<readonly WorkflowSummaryRecord[]>;
  /** A version (null: the latest); null when there is none. */
  find(name: WorkflowName, version: number | null): Promise<WorkflowRecord | null>;
  /** Versions below `after`, the newest first, without recipes; null when there is no such workflow. */
  listVersions(name: WorkflowName, page: PageRequest<number>): Promise<readonly VersionRecord[] | null>;
  /** Ends new runs of a workflow and notes it; the workflow as it is then, or null when there is none. */
  disable(name: WorkflowName, actor: Actor, now: Date): Promise<WorkflowSummaryRecord | null>;
}
