import { and, asc, desc, eq, gt, lt } from "drizzle-orm";
import type { PageRequest } from "../../../api/runs/port.ts";
import type {
  SaveWorkflowRequest,
  VersionRecord,
  WorkflowRecord,
  WorkflowStore,
  WorkflowSummaryRecord,
} from "../../../api/workflows/port.ts";
import type { WorkflowName } from "../../../domain/ids.ts";
import { workflows, workflowVersions } from "../schema/workflows.ts";
import type { ApiCalls } from "./api-calls.ts";
import { type ApiSql, changeRows } from "./lane.ts";
import { noteOperatorEvent } from "./operator-events.ts";

type SavedVersion = Awaited<ReturnType<WorkflowStore["save"]>>;

const SUMMARY_COLUMNS = {
  name: workflows.name,
  version: workflows.latestVersion,
  enabled: workflows.enabled,
  createdAt: workflows.createdAt,
  updatedAt: workflows.updatedAt,
};

/**
 * Makes the store of workflows.
 *
 * @param calls - What statements run on.
 * @returns The store.
 */
export function createWorkflowStore(calls: ApiCalls): WorkflowStore {
  return {
    save: async (request) => calls.first(async (db) => save(db, request)),
    list: async ({ after, limit }) =>
      calls.read(async (db) =>
        db
          .select(SUMMARY_COLUMNS)
          .from(workflows)
          .where(after === null ? undefined : gt(workflows.name, after))
          .orderBy(asc(workflows.name))
          .limit(limit),
      ),
    find: async (name, version) => calls.read(async (db) => find(db, name, version)),
    listVersions: async (name, page) => calls.read(async (db) => listVersions(db, name, page)),
    disable: async (name, actor, now) => calls.first(async (db) => disable(db, { name, actor, now })),
  };
}

async function save(db: ApiSql, request: SaveWorkflowRequest): Promise<SavedVersion> {
  const { recipe, plan, checksum, actor, now } = request;
  const name = plan.workflow;
  return changeRows(db, async (tx) => {
    // Locks the workflow's row, new or old: saves of one workflow go one after the other.
    const [locked] = await tx
      .insert(workflows)
      .values({ name, latestVersion: 0, createdAt: now, updatedAt: now })
      .onConflictDoUpdate({ target: workflows.name, set: { enabled: true } })
      .returning({ latestVersion: workflows.latestVersion });
    const latestVersion = locked?.latestVersion ?? 0;
    const [same] = await tx
      .select({ version: workflowVersions.version })
      .from(workflowVersions)
      .where(
        and(
          eq(workflowVersions.workflow, name),
          eq(workflowVersions.version, latestVersion),
          eq(workflowVersions.checksum, checksum),
        ),
      );
    if (same !== undefined) {
      return { version: same.version, isNew: false };
    }
    const version = latestVersion + 1;
    await tx
      .insert(workflowVersions)
      .values({ workflow: name, version, recipe, plan, checksum, createdAt: now, createdBy: actor });
    await tx.update(workflows).set({ latestVersion: version, updatedAt: now }).where(eq(workflows.name, name));
    await noteOperatorEvent(tx, { at: now, actor, type: "WORKFLOW_SAVED", subject: name, data: { version } });
    return { version, isNew: true };
  });
}

async function find(db: ApiSql, name: WorkflowName, version: number | null): Promise<WorkflowRecord | null> {
  const [found] = await db
    .select({
      name: workflows.name,
      version: workflowVersions.version,
      enabled: workflows.enabled,
      recipe: workflowVersions.recipe,
      plan: workflowVersions.plan,
      checksum: workflowVersions.checksum,
      createdAt: workflowVersions.createdAt,
      createdBy: workflowVersions.createdBy,
    })
    .from(workflows)
    .innerJoin(
      workflowVersions,
      and(
        eq(workflowVersions.workflow, workflows.name),
        eq(workflowVersions.version, version ?? workflows.latestVersion),
      ),
    )
    .where(eq(workflows.name, name))
    .limit(1);
  return found ?? null;
}

async function listVersions(
  db: ApiSql,
  name: WorkflowName,
  { after, limit }: PageRequest<number>,
): Promise<readonly VersionRecord[] | null> {
  const rows = await db
    .select({
      name: workflowVersions.workflow,
      version: workflowVersions.version,
      checksum: workflowVersions.checksum,
      createdAt: workflowVersions.createdAt,
      createdBy: workflowVersions.createdBy,
    })
    .from(workflowVersions)
    .where(and(eq(workflowVersions.workflow, name), after === null ? undefined : lt(workflowVersions.version, after)))
    .orderBy(desc(workflowVersions.version))
    .limit(limit);
  // A workflow has versions from its first save on, so the first page of one that exists is not empty.
  return rows.length === 0 && after === null ? null : rows;
}

async function disable(
  db: ApiSql,
  { name, actor, now }: { readonly name: WorkflowName; readonly actor: string; readonly now: Date },
): Promise<WorkflowSummaryRecord | null> {
  return changeRows(db, async (tx) => {
    const [disabled] = await tx
      .update(workflows)
      .set({ enabled: false, updatedAt: now })
      .where(and(eq(workflows.name, name), eq(workflows.enabled, true)))
      .returning(SUMMARY_COLUMNS);
    if (disabled !== undefined) {
      await noteOperatorEvent(tx, { at: now, actor, type: "WORKFLOW_DELETED", subject: name, data: {} });
      return disabled;
    }
    const [before] = await tx.select(SUMMARY_COLUMNS).from(workflows).where(eq(workflows.name, name));
    return before ?? null;
  });
}
