import { and, asc, eq, gt, inArray, lte, type SQL, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { StepDetailRecord, StepList, StepListRequest, StepRecord } from "../../../api/steps/port.ts";
import type { RunId, StepKey } from "../../../domain/ids.ts";
import { foreachOf, indexPlan } from "../../../domain/plan/plan-index.ts";
import type { StepType, StoredPlan } from "../../../domain/plan/plan.ts";
import { items } from "../schema/items.ts";
import { runs } from "../schema/runs.ts";
import { steps } from "../schema/steps.ts";
import { workflowVersions } from "../schema/workflows.ts";
import type { ApiSql } from "./lane.ts";
import { jsonOf, stepKeyOfRow } from "./row-mapping.ts";

/** More steps than a recipe can have. */
const ROOT_STEPS_MAX = 1000;

/** Rows that one page of a list by status looks at: no index serves states, as each would cost every change of one. */
const LOOKED_MAX = 10_000;

/** The step whose output is that of an item. */
const result = alias(steps, "result");

/** A step that runs again keeps the output of the time before until the new one replaces it; it is not shown. */
const OUTPUT = sql`case when ${steps.status} = 'COMPLETED' then ${steps.output}::text end`;

/** An item that is open again has the output of the time before as well. */
const ITEM_OUTPUT = sql`case when ${steps.status} = 'COMPLETED' and ${result.status} = 'COMPLETED'
  then ${result.output}::text end`;

/** A step that waits for its next attempt has not ended, although its last attempt has. */
const ENDED_AT = sql`case when ${steps.status} <> 'RETRYING' then ${steps.endedAt} end`.mapWith(steps.endedAt);

const BARE_COLUMNS = {
  key: steps.key,
  nodeId: steps.nodeId,
  type: steps.type,
  position: steps.position,
  status: steps.status,
  attempt: steps.attempt,
  maxAttempts: steps.maxAttempts,
  availableAt: steps.availableAt,
  queuedAt: steps.queuedAt,
  startedAt: steps.startedAt,
  endedAt: ENDED_AT,
  error: steps.error,
  waitingFor: steps.waitingFor,
};

/** A step as lists show it. */
export const STEP_COLUMNS = {
  ...BARE_COLUMNS,
  inputBytes: sql<number | null>`octet_length(${steps.input}::text)`,
  outputBytes: sql<number | null>`octet_length(${OUTPUT})`,
};

/** Sizes of an item's payloads, which are stored elsewhere. */
const ITEM_SIZES = {
  inputBytes: sql<number | null>`octet_length(${items.value}::text)`,
  outputBytes: sql<number | null>`octet_length(${ITEM_OUTPUT})`,
};

/**
 * Reads the recipe's own steps of a run, without their payloads.
 *
 * @param db - What statements run on.
 * @param runId - The run.
 * @returns In the order of the recipe.
 */
export async function listRootSteps(db: Pick<ApiSql, "select">, runId: RunId): Promise<readonly StepRecord[]> {
  const rows = await db
    .select(STEP_COLUMNS)
    .from(steps)
    .where(and(eq(steps.runId, runId), isRootStep(runId)))
    .orderBy(asc(steps.position), asc(steps.key))
    .limit(ROOT_STEPS_MAX);
  return rows.map(stepRecordOf);
}

/**
 * Reads what something holds in a run, page by page, without payloads.
 *
 * @param db - What statements run on.
 * @param runId - The run.
 * @param request - What holds it, which of it, and which page.
 * @returns Steps in the order of the recipe, or items in that of their list; or what does not exist.
 */
export async function listSteps(
  db: ApiSql,
  runId: RunId,
  request: StepListRequest,
): Promise<StepList | "no_run" | "no_step"> {
  const { parent } = request;
  const version = await findVersion(db, runId, parent);
  if (version === null) {
    return "no_run";
  }
  if (parent !== null && version.step === null) {
    return "no_step";
  }
  const within = and(eq(steps.runId, runId), parent === null ? isRootStep(runId) : eq(steps.scope, parent));
  const { recipe, plan } = version;
  return { recipe, plan, ...(await readPage(db, within, version, request)) };
}

async function readPage(
  db: ApiSql,
  within: SQL | undefined,
  { plan, step }: Version,
  { statuses, page }: StepListRequest,
): Promise<Pick<StepList, "steps" | "searchedTo">> {
  const after = page.after ?? -1;
  const wanted = and(within, gt(steps.position, after), matchStatuses(statuses, after));
  const rows =
    step?.type === "foreach"
      ? await selectItems(db, { wanted, after, limit: page.limit, result: resultOfItem(plan, step.nodeId) })
      : await db.select(STEP_COLUMNS).from(steps).where(wanted).orderBy(asc(steps.position)).limit(page.limit);
  const lookedTo = after + LOOKED_MAX;
  const isCut = statuses.length > 0 && rows.length < page.limit && (await existsAfter(db, within, lookedTo));
  return { steps: rows.map(stepRecordOf), searchedTo: isCut ? lookedTo : null };
}

interface ItemsRequest {
  readonly wanted: SQL | undefined;
  readonly after: number;
  readonly limit: number;
  readonly result: SQL | undefined;
}

async function selectItems(db: ApiSql, request: ItemsRequest): Promise<readonly StepRow[]> {
  return (
    db
      .select({ ...BARE_COLUMNS, ...ITEM_SIZES })
      .from(steps)
      // That the values come after the page before follows from their places, but PostgreSQL does not see it.
      .leftJoin(items, and(valueOfItem(), gt(items.index, request.after)))
      .leftJoin(result, request.result)
      .where(request.wanted)
      .orderBy(asc(steps.position))
      .limit(request.limit)
  );
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
      step: STEP_COLUMNS,
      input: sql<string | null>`${steps.input}::text`,
      output: sql<string | null>`${OUTPUT}`,
    })
    .from(runs)
    .innerJoin(workflowVersions, versionOfRun())
    .leftJoin(steps, and(eq(steps.runId, runs.id), eq(steps.key, key)))
    .where(eq(runs.id, runId));
  if (row === undefined) {
    return "no_run";
  }
  const { step, recipe, plan } = row;
  if (step === null) {
    return "no_step";
  }
  const item = step.type === "item" ? await findItemPayloads(db, { runId, key, plan, foreach: step.nodeId }) : {};
  const { input, output, ...sizes } = { input: row.input, output: row.output, ...item };
  return { ...step, ...sizes, key, recipe, plan, input: jsonOf(input), output: jsonOf(output) };
}

/** What goes into an item is a value of the list, and what comes out of it the output of its block. */
async function findItemPayloads(
  db: ApiSql,
  item: { readonly runId: RunId; readonly key: StepKey; readonly plan: StoredPlan["plan"]; readonly foreach: string },
): Promise<Partial<ItemPayloads>> {
  const { runId, key, plan, foreach } = item;
  const [row] = await db
    .select({
      ...ITEM_SIZES,
      input: sql<string | null>`${items.value}::text`,
      output: sql<string | null>`${ITEM_OUTPUT}`,
    })
    .from(steps)
    .leftJoin(items, valueOfItem())
    .leftJoin(result, resultOfItem(plan, foreach))
    .where(and(eq(steps.runId, runId), eq(steps.key, key)));
  return row ?? {};
}

interface ItemPayloads {
  readonly inputBytes: number | null;
  readonly outputBytes: number | null;
  readonly input: string | null;
  readonly output: string | null;
}

interface Version extends StoredPlan {
  /** What holds the steps that are wanted; null when it does not exist, or the run itself does. */
  readonly step: { readonly type: StepType; readonly nodeId: string } | null;
}

async function findVersion(db: ApiSql, runId: RunId, parent: StepKey | null): Promise<Version | null> {
  const [row] = await db
    .select({
      recipe: workflowVersions.recipe,
      plan: workflowVersions.plan,
      step: { type: steps.type, nodeId: steps.nodeId },
    })
    .from(runs)
    .innerJoin(workflowVersions, versionOfRun())
    .leftJoin(steps, and(eq(steps.runId, runs.id), eq(steps.key, parent ?? "")))
    .where(eq(runs.id, runId));
  return row ?? null;
}

/** By the keys in its plan, so that the rows of many items are not searched. Plans of the first format had no blocks. */
function isRootStep(runId: RunId): SQL {
  const { plan } = workflowVersions;
  return sql`${steps.key} = any(array(
    select node ->> 'id' from ${runs}
    join ${workflowVersions} on ${versionOfRun()}
    cross join json_array_elements(coalesce(${plan} #> '{root,nodes}', ${plan} -> 'nodes')) as node
    where ${runs.id} = ${runId}))`;
}

/** The places of what something holds follow each other, so a range of them bounds the rows that are looked at. */
function matchStatuses(statuses: StepListRequest["statuses"], after: number): SQL | undefined {
  return statuses.length === 0
    ? undefined
    : and(lte(steps.position, after + LOOKED_MAX), inArray(steps.status, [...statuses]));
}

async function existsAfter(db: ApiSql, within: SQL | undefined, position: number): Promise<boolean> {
  const found = await db
    .select({ key: steps.key })
    .from(steps)
    .where(and(within, gt(steps.position, position)))
    .limit(1);
  return found.length > 0;
}

function versionOfRun(): SQL | undefined {
  return and(eq(workflowVersions.workflow, runs.workflow), eq(workflowVersions.version, runs.version));
}

function valueOfItem(): SQL | undefined {
  return and(eq(items.runId, steps.runId), eq(items.stepKey, steps.scope), eq(items.index, steps.position));
}

function resultOfItem(plan: StoredPlan["plan"], foreach: string): SQL | undefined {
  // Plans of the first format had no `foreach`.
  const outputNode = plan.format === 2 ? foreachOf(indexPlan(plan), foreach).body.outputNode : "";
  return and(eq(result.runId, steps.runId), eq(result.key, sql`${steps.key} || '.' || ${outputNode}`));
}

type StepRow = Omit<StepRecord, "key"> & { readonly key: string };

/**
 * Makes what the API reads of a row of `steps`.
 *
 * @param row - The columns of a list.
 * @returns The step.
 */
export function stepRecordOf(row: StepRow): StepRecord {
  return { ...row, key: stepKeyOfRow(row.key) };
}
