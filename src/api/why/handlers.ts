import { rerunRun } from "../bulk/contract.ts";
import { ok } from "../http/answer.ts";
import { serveOperation, type ServedOperation } from "../http/serve-operation.ts";
import { noRun } from "../runs/command-run.ts";
import { makeRun } from "../runs/start-run.ts";
import { whyRun } from "./contract.ts";
import { explainRun } from "./view.ts";

/** What a run waits for, and doing it once more. */
export const rerunOperations: readonly ServedOperation[] = [
  serveOperation(rerunRun, async (call) => {
    const { id } = call.params;
    const origin = await call.database.runs.findOrigin(id);
    if (origin === null) {
      return noRun(id);
    }
    const { workflow, version, labels } = origin;
    const input = call.body?.input === undefined ? origin.input : call.body.input;
    return makeRun(call, { workflow, version, input, labels, rerunOf: id });
  }),
  serveOperation(whyRun, async ({ params, services, database }) => {
    const { runs, events } = database;
    const run = await runs.find(params.id);
    if (run === null) {
      return noRun(params.id);
    }
    const type = run.status === "CANCELED" ? "RUN_CANCELED" : "RUN_PAUSED";
    const operation =
      run.status === "PAUSED" || run.status === "CANCELED" ? await events.findLast(params.id, type) : null;
    return ok(explainRun(run, operation, services.now()));
  }),
];
