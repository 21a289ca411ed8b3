import postgres from "postgres";
import type { StoredPlan } from "../../../src/domain/plan/plan.ts";

/**
 * Saves a version of a workflow, past the API; it is the latest then.
 *
 * @param databaseUrl - Where.
 * @param stored - Its recipe and plan.
 * @param options - Which version, the first by default, and whether runs of it may start.
 */
export async function saveWorkflow(
  databaseUrl: string,
  { plan, recipe }: StoredPlan,
  { version = 1, enabled = true }: { readonly version?: number; readonly enabled?: boolean } = {},
): Promise<void> {
  const sql = postgres(databaseUrl, { max: 1 });
  try {
    await sql`
      insert into workflows (name, latest_version, enabled, created_at, updated_at)
      values (${plan.workflow}, ${version}, ${enabled}, now(), now())
      on conflict (name) do update set latest_version = ${version}, enabled = ${enabled}`;
    await sql`
      insert into workflow_versions (workflow, version, recipe, plan, checksum, created_at, created_by)
      values (
        ${plan.workflow}, ${version}, ${JSON.stringify(recipe)}::text::json, ${JSON.stringify(plan)}::text::json,
        'none', now(), 'key:tester')`;
  } finally {
    await sql.end({ timeout: 5 });
  }
}
