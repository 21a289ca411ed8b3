import { parseRunId, type RunId } from "../../../domain/ids.ts";
import { indexPlan } from "../../../domain/plan/plan-index.ts";
import { readPlan } from "../../../recipe/compile.ts";
import { notModified, ok } from "../answer.ts";
import { getRun, getRunInput, getRunOutput, listRuns } from "../contract/runs.ts";
import { getStep } from "../contract/steps.ts";
import { cutPage, readCursor, writeCursor } from "../cursor.ts";
import { problem, type Problem } from "../problem.ts";
import { instantOfRun, readRunFilter } from "../run-query.ts";
import { serveOperation, type ServedOperation } from "../serve-operation.ts";
import { viewAttempts } from "../views/attempts-view.ts";
import { viewRun, viewRunSummary } from "../views/run-view.ts";
import { viewStep } from "../views/step-view.ts";

/** Events that a step's page looks at: the last few hundred attempts. */
const STEP_EVENTS_MAX = 1000;

/** Runs: list, get, payloads, one step. */
export const runOperations: readonly ServedOperation[] = [
  serveOperation(listRuns, async ({ query, database }) => {
    const cursor = readCursor(query.cursor, parseRunId);
    if (cursor.kind === "problem") {
      return cursor;
    }
    const filter = readRunFilter(query);
    const { runs, searchedTo } = await database.runs.list(filter, { after: cursor.after, limit: query.limit + 1 });
    const { rows, nextCursor } = cutPage(runs, query.limit, (run) => run.id);
    return ok({
      items: rows.map(viewRunSummary),
      nextCursor: searchedTo === null ? nextCursor : writeCursor(searchedTo),
      searchedTo: searchedTo === null ? null : instantOfRun(searchedTo).toISOString(),
    });
  }),
  serveOperation(getRun, async ({ params, headers, database }) => {
    const known = headers.get("If-None-Match");
    const head = known === null ? null : await database.events.findHead(params.id);
    if (head !== null && known?.includes(etagOf(head.seq)) === true) {
      return notModified(etagOf(head.seq));
    }
    const run = await database.runs.find(params.id);
    return run === null
      ? noRun(params.id)
      : ok(viewRun(run), { ETag: etagOf(run.seq), "Cache-Control": "private, no-cache" });
  }),
  serveOperation(getRunInput, async ({ params, database }) => {
    const found = await database.runs.findPayload(params.id, "input");
    return found === null ? noRun(params.id) : ok(found.value);
  }),
  serveOperation(getRunOutput, async ({ params, database }) => {
    const found = await database.runs.findPayload(params.id, "output");
    return found === null ? noRun(params.id) : ok(found.value);
  }),
  serveOperation(getStep, async ({ params, database }) => {
    const { id, key } = params;
    const { runs, events } = database;
    const step = await runs.findStep(id, key);
    if (step === "no_run") {
      return noRun(id);
    }
    if (step === "no_step") {
      return problem("step_not_found", `run ${id} has no step ${key}; GET /api/runs/${id} lists its steps`);
    }
    const attempts = viewAttempts(await events.listOfStep(id, key, STEP_EVENTS_MAX));
    return ok({ ...viewStep(step, indexPlan(readPlan(step))), input: step.input, output: step.output, attempts });
  }),
];

/** Weak: instants of leases and sizes may differ while the revision is the same. */
function etagOf(revision: number): string {
  return `W/"${revision}"`;
}

function noRun(runId: RunId): Problem {
  return problem("run_not_found", `there is no run ${runId}`);
}
