import { and, eq, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { RunOrigin, RunPayload, RunReads, RunRecord, RunResultRecord } from "../../../api/runs/port.ts";
import type { RunId } from "../../../domain/ids.ts";
import type { Json, JsonObject } from "../../../domain/json.ts";
import { runs } from "../schema/runs.ts";
import { steps } from "../schema/steps.ts";
import { workflowVersions } from "../schema/workflows.ts";
import { listUnderWay, listWaits } from "./activity-reads.ts";
import type { ApiCalls } from "./api-calls.ts";
import type { ApiSql } from "./lane.ts";
import { jsonOf, previewOf, workflowNameOf } from "./row-mapping.ts";
import { previewColumns, SUMMARY_COLUMNS, textRelation } from "./run-columns.ts";
import { matchRuns } from "./run-filter.ts";
import { listRuns, searchRuns } from "./run-search.ts";
import { findStep, listRootSteps, listSteps } from "./step-reads.ts";

/** The step whose output is the run's. */
const outputStep = alias(steps, "output_step");

/** Text of the run's output; null until the run has completed. A step that is skipped after a retry has an old one. */
const OUTPUT = sql`case when ${runs.status} = 'COMPLETED' and ${outputStep.status} = 'COMPLETED'
  then ${outputStep.output}::text end`;

/**
 * Makes the reads of runs.
 *
 * @param calls - What statements run on.
 * @returns The reads.
 */
export function createRunReads(calls: ApiCalls): RunReads {
  return {
    list: async (filter, { after, limit }) =>
      calls.read(async (db) => {
        const condition = matchRuns(filter, after);
        return filter.search === null
          ? { runs: await listRuns(db, condition, limit), searchedTo: null }
          : searchRuns(db, { condition, search: filter.search, limit });
      }),
    findOrigin: async (runId) => calls.first(async (db) => findOrigin(db, runId)),
    find: async (runId) => calls.read(async (db) => findRun(db, runId)),
    findState: async (runId) =>
      calls.read(async (db) => {
        const [row] = await db.select({ status: runs.status, seq: runs.eventSeq }).from(runs).where(eq(runs.id, runId));
        return row ?? null;
      }),
    findResult: async (runId) => calls.read(async (db) => findResult(db, runId)),
    findPayload: async (runId, payload) => calls.read(async (db) => findPayload(db, runId, payload)),
    listSteps: async (runId, request) => calls.read(async (db) => listSteps(db, runId, request)),
    listUnderWay: async (runId, foreachs) => calls.read(async (db) => listUnderWay(db, runId, foreachs)),
    findStep: async (runId, key) => calls.read(async (db) => findStep(db, runId, key)),
    findInputSchema: async (runId) => calls.first(async (db) => findInputSchema(db, runId)),
  };
}

/** Run and steps come from one snapshot: counts and states must agree. */
async function findRun(db: ApiSql, runId: RunId): Promise<RunRecord | null> {
  return db.transaction(
    async (tx) => {
      const [row] = await tx
        .select({
          ...SUMMARY_COLUMNS,
          seq: runs.eventSeq,
          deadlineAt: runs.deadlineAt,
          rerunOf: runs.rerunOf,
          recipe: workflowVersions.recipe,
          plan: workflowVersions.plan,
          input: previewColumns("shown_input"),
          output: previewColumns("shown_output"),
        })
        .from(runs)
        .innerJoin(workflowVersions, versionOfRun())
        .leftJoin(outputStep, outputOfRun())
        .crossJoinLateral(textRelation(sql`${runs.input}::text`, "shown_input"))
        .crossJoinLateral(textRelation(OUTPUT, "shown_output"))
        .where(eq(runs.id, runId));
      if (row === undefined) {
        return null;
      }
      return {
        ...row,
        id: runId,
        input: previewOf(row.input),
        output: previewOf(row.output),
        steps: await listRootSteps(tx, runId),
        waits: row.counts.waiting === 0 ? [] : await listWaits(tx, runId),
      };
    },
    { isolationLevel: "repeatable read", accessMode: "read only" },
  );
}

async function findResult(db: ApiSql, runId: RunId): Promise<RunResultRecord | null> {
  const [row] = await db
    .select({ ...SUMMARY_COLUMNS, output: previewColumns("shown_output") })
    .from(runs)
    .innerJoin(workflowVersions, versionOfRun())
    .leftJoin(outputStep, outputOfRun())
    .crossJoinLateral(textRelation(OUTPUT, "shown_output"))
    .where(eq(runs.id, runId));
  return row === undefined ? null : { ...row, id: runId, output: previewOf(row.output) };
}

async function findOrigin(db: ApiSql, runId: RunId): Promise<RunOrigin | null> {
  const [row] = await db
    .select({
      workflow: runs.workflow,
      version: runs.version,
      labels: runs.labels,
      input: sql<string>`${runs.input}::text`,
    })
    .from(runs)
    .where(eq(runs.id, runId));
  return row === undefined ? null : { ...row, workflow: workflowNameOf(row.workflow), input: jsonOf(row.input) };
}

async function findPayload(db: ApiSql, runId: RunId, payload: RunPayload): Promise<{ readonly value: Json } | null> {
  const text = payload === "input" ? sql<string | null>`${runs.input}::text` : sql<string | null>`${OUTPUT}`;
  const [row] = await db
    .select({ text })
    .from(runs)
    .innerJoin(workflowVersions, versionOfRun())
    .leftJoin(outputStep, outputOfRun())
    .where(eq(runs.id, runId));
  return row === undefined ? null : { value: jsonOf(row.text) };
}

async function findInputSchema(db: ApiSql, runId: RunId): Promise<{ readonly schema: JsonObject | null } | null> {
  const [row] = await db
    .select({ plan: workflowVersions.plan })
    .from(runs)
    .innerJoin(workflowVersions, versionOfRun())
    .where(eq(runs.id, runId));
  return row === undefined ? null : { schema: row.plan.inputSchema };
}

function versionOfRun(): ReturnType<typeof and> {
  return and(eq(workflowVersions.workflow, runs.workflow), eq(workflowVersions.version, runs.version));
}

/** Plans of the first format had no blocks. */
function outputOfRun(): ReturnType<typeof and> {
  const { plan } = workflowVersions;
  const outputNode = sql`coalesce(${plan}#>>'{root,outputNode}', ${plan}->>'outputNode')`;
  return and(eq(outputStep.runId, runs.id), eq(outputStep.key, outputNode));
}
