import { indexPlan } from "../../domain/plan/plan-index.ts";
import { readPlan } from "../../recipe/compile.ts";
import { ok } from "../http/answer.ts";
import { cutPage, readCursor, readNumber, writeCursor } from "../http/cursor.ts";
import { serveOperation, type ServedOperation } from "../http/serve-operation.ts";
import { noRun, noStep } from "../runs/refusals.ts";
import { getStep, listSteps } from "./contract.ts";
import { viewAttempts, viewStep } from "./view.ts";

/** Events that a step's page looks at: the last few hundred attempts. */
const STEP_EVENTS_MAX = 1000;

/** Steps of a run. */
export const stepOperations: readonly ServedOperation[] = [
  serveOperation(listSteps, async ({ params, query, database }) => {
    const { parent = null, status = [], limit } = query;
    const cursor = readCursor(query.cursor, readNumber);
    if (cursor.kind === "problem") {
      return cursor;
    }
    const page = { after: cursor.after, limit: limit + 1 };
    const found = await database.runs.listSteps(params.id, { parent, statuses: status, page });
    if (found === "no_run") {
      return noRun(params.id);
    }
    if (found === "no_step") {
      return noStep(params.id, parent ?? "");
    }
    const plan = indexPlan(readPlan(found));
    const { rows, nextCursor } = cutPage(found.steps, limit, (step) => `${step.position}`);
    return ok({
      items: rows.map((step) => viewStep(step, plan)),
      nextCursor: found.searchedTo === null ? nextCursor : writeCursor(`${found.searchedTo}`),
    });
  }),
  serveOperation(getStep, async ({ params, database }) => {
    const { id, key } = params;
    const { runs, events } = database;
    const step = await runs.findStep(id, key);
    if (step === "no_run") {
      return noRun(id);
    }
    if (step === "no_step") {
      return noStep(id, key);
    }
    // An item has none, and no index leads to the events of one step.
    const told = step.attempt === 0 ? [] : await events.listOfStep(id, key, STEP_EVENTS_MAX);
    return ok({
      ...viewStep(step, indexPlan(readPlan(step))),
      input: step.input,
      output: step.output,
      attempts: viewAttempts(told),
    });
  }),
];
