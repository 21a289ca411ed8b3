import { indexPlan } from "../../domain/plan/plan-index.ts";
import { readPlan } from "../../recipe/compile.ts";
import { ok } from "../http/answer.ts";
import { serveOperation, type ServedOperation } from "../http/serve-operation.ts";
import { noRun, noStep } from "../runs/refusals.ts";
import { getStep } from "./contract.ts";
import { viewAttempts, viewStep } from "./view.ts";

/** Events that a step's page looks at: the last few hundred attempts. */
const STEP_EVENTS_MAX = 1000;

/** One step of a run. */
export const stepOperations: readonly ServedOperation[] = [
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
    const attempts = viewAttempts(await events.listOfStep(id, key, STEP_EVENTS_MAX));
    return ok({ ...viewStep(step, indexPlan(readPlan(step))), input: step.input, output: step.output, attempts });
  }),
];
