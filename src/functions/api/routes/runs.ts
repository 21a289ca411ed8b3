import { parseRunId, type RunId } from "../../../domain/ids.ts";
import { ok } from "../answer.ts";
import { getRun, getRunInput, getRunOutput, listRuns } from "../contract/runs.ts";
import { getStep } from "../contract/steps.ts";
import { cutPage, readCursor } from "../cursor.ts";
import { problem, type Problem } from "../problem.ts";
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
    const filter = {
      statuses: query.status ?? [],
      workflow: query.workflow ?? null,
      labels: Object.fromEntries(query.label ?? []),
      search: query.q === undefined || query.q.trim() === "" ? null : query.q.trim(),
      from: query.from ?? null,
      to: query.to ?? null,
    };
    const found = await database().runs.list(filter, { after: cursor.after, limit: query.limit + 1 });
    const { rows, nextCursor } = cutPage(found, query.limit, (run) => run.id);
    return ok({ items: rows.map(viewRunSummary), nextCursor });
  }),
  serveOperation(getRun, async ({ params, database }) => {
    const run = await database().runs.find(params.id);
    return run === null ? noRun(params.id) : ok(viewRun(run));
  }),
  serveOperation(getRunInput, async ({ params, database }) => {
    const found = await database().runs.findPayload(params.id, "input");
    return found === null ? noRun(params.id) : ok(found.value);
  }),
  serveOperation(getRunOutput, async ({ params, database }) => {
    const found = await database().runs.findPayload(params.id, "output");
    return found === null ? noRun(params.id) : ok(found.value);
  }),
  serveOperation(getStep, async ({ params, database }) => {
    const { id, key } = params;
    const { runs, events } = database();
    const step = await runs.findStep(id, key);
    if (step === "no_run") {
      return noRun(id);
    }
    if (step === "no_step") {
      return problem("step_not_found", `run ${id} has no step ${key}; GET /api/runs/${id} lists its steps`);
    }
    const attempts = viewAttempts(await events.listOfStep(id, key, STEP_EVENTS_MAX));
    return ok({ ...viewStep(step, step.needs), input: step.input, output: step.output, attempts });
  }),
];

function noRun(runId: RunId): Problem {
  return problem("run_not_found", `there is no run ${runId}`);
}
