import { and, asc, eq, gt } from "drizzle-orm";
import type { WorkflowName } from "../../../domain/ids.ts";
import type {
  SaveWorkflowRequest,
  WorkflowRecord,
  WorkflowStore,
} from "../../../functions/api/ports/workflow-store.ts";
import { workflows, workflowVersions } from "../schema/workflows.ts";
import type { ApiSql } from "./api-database.ts";
import { callDatabase } from "./database-call.ts";

type SavedVersion = Awaited<ReturnType<WorkflowStore["save"]>>;

/**
 * Makes the store of workflows.
 *
 * @param db - What statements run on.
 * @returns The store.
 */
export function createWorkflowStore(db: ApiSql): WorkflowStore {
  return {
    save: async (request) => callDatabase(async () => save(db, request)),
    list: async ({ after, limit }) =>
      callDatabase(async () =>
        db
          .select({
            name: workflows.name,
            version: workflows.latestVersion,
            enabled: workflows.enabled,
            createdAt: workflows.createdAt,
            updatedAt: workflows.updatedAt,
          })
          .from(workflows)
          .where(after === null ? undefined : gt(workflows.name, after))
          .orderBy(asc(workflows.name))
          .limit(limit),
      ),
    findLatest: async (name) => callDatabase(async () => findLatest(db, name)),
  };
}

async function save(db: ApiSql, request: SaveWorkflowRequest): Promise<SavedVersion> {
  const { recipe, plan, checksum, actor, now } = request;
  const name = plan.workflow;
  return db.transaction(async (tx) => {
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
    return { version, isNew: true };
  });
}

async function findLatest(db: ApiSql, name: WorkflowName): Promise<WorkflowRecord | null> {
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
      and(eq(workflowVersions.workflow, workflows.name), eq(workflowVersions.version, workflows.latestVersion)),
    )
    .where(eq(workflows.name, name))
    .limit(1);
  return found ?? null;
}
