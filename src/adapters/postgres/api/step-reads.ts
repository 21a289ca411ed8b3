import { and, asc, eq, sql } from "drizzle-orm";
import type { StepDetailRecord, StepRecord } from "../../../api/steps/port.ts";
import type { RunId, StepKey } from "../../../domain/ids.ts";
import { runs } from "../schema/runs.ts";
import { steps } from "../schema/steps.ts";
import { workflowVersions } from "../schema/workflows.ts";
import type { ApiSql } from "./lane.ts";
import { jsonOf, stepKeyOfRow } from "./row-mapping.ts";

/** Steps of a run that its page shows. */
const STEPS_SHOWN_MAX = 1000;

/** A step that runs again keeps the output of the time before until the new one replaces it; it is not shown. */
const OUTPUT = sql`case when ${steps.status} = 'COMPLETED' then ${steps.output}::text end`;

/** A step that waits for its next attempt has not ended, although its last attempt has. */
const ENDED_AT = sql`case when ${steps.status} <> 'RETRYING' then ${steps.endedAt} end`.mapWith(steps.endedAt);

const COLUMNS = {
  key: steps.key,
  nodeId: steps.nodeId,
  type: steps.type,
  status: steps.status,
  attempt: steps.attempt,
  maxAttempts: steps.maxAttempts,
  availableAt: steps.availableAt,
  queuedAt: steps.queuedAt,
  startedAt: steps.startedAt,
  endedAt: ENDED_AT,
  error: steps.error,
  waitingFor: steps.waitingFor,
  inputBytes: sql<number | null>`octet_length(${steps.input}::text)`,
  outputBytes: sql<number | null>`octet_length(${OUTPUT})`,
};

/**
 * Reads the steps of a run without their payloads.
 *
 * @param db - What statements run on.
 * @param runId - The run.
 * @returns In the order of the recipe, at most 1,000.
 */
export async function listSteps(db: Pick<ApiSql, "select">, runId: RunId): Promise<readonly StepRecord[]> {
  const rows = await db
    .select(COLUMNS)
    .from(steps)
    .where(eq(steps.runId, runId))
    .orderBy(asc(steps.position), asc(steps.key))
    .limit(STEPS_SHOWN_MAX);
  return rows.map((row) => ({ ...row, key: stepKeyOfRow(row.key) }));
}

/**
 * Reads one step with its payloads.
 *
 * @param db - What statements run on.
 * @param runId - The run.
 * @param key - The step.
 * @returns The step, or which of the two does not exist.
 */
export async function findStep(
  db: ApiSql,
  runId: RunId,
  key: StepKey,
): Promise<StepDetailRecord | "no_run" | "no_step"> {
  const [row] = await db
    .select({
      recipe: workflowVersions.recipe,
      plan: workflowVersions.plan,
      step: COLUMNS,
      input: sql<string | null>`${steps.input}::text`,
      output: sql<string | null>`${OUTPUT}`,
    })
    .from(runs)
    .innerJoin(
      workflowVersions,
      and(eq(workflowVersions.workflow, runs.workflow), eq(workflowVersions.version, runs.version)),
    )
    .leftJoin(steps, and(eq(steps.runId, runs.id), eq(steps.key, key)))
    .where(eq(runs.id, runId));
  if (row === undefined) {
    return "no_run";
  }
  const { step, recipe, plan } = row;
  if (step === null) {
    return "no_step";
  }
  return { ...step, key, recipe, plan, input: jsonOf(row.input), output: jsonOf(row.output) };
}
