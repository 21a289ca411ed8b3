import postgres from "postgres";
import type { StoredPlan } from "../../../src/domain/plan/plan.ts";

/**
 * Saves the first version of a workflow, past the API.
 *
 * @param databaseUrl - Where.
 * @param version - Its recipe and plan.
 */
export async function saveWorkflow(databaseUrl: string, { plan, recipe }: StoredPlan): Promise<void> {
  const sql = postgres(databaseUrl, { max: 1 });
  try {
    await sql`
      insert into workflows (name, latest_version, enabled, created_at, updated_at)
      values (${plan.workflow}, 1, true, now(), now())`;
    await sql`
      insert into workflow_versions (workflow, version, recipe, plan, checksum, created_at, created_by)
      values (
        ${plan.workflow}, 1, ${JSON.stringify(recipe)}::text::json, ${JSON.stringify(plan)}::text::json, 'none', now(),
        'key:tester')`;
  } finally {
    await sql.end({ timeout: 5 });
  }
}
