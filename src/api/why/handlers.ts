import { ok } from "../http/answer.ts";
import { serveOperation, type ServedOperation } from "../http/serve-operation.ts";
import { noRun } from "../runs/refusals.ts";
import { whyRun } from "./contract.ts";
import { explainRun, findToLookInto } from "./view.ts";

/** What a run waits for. */
export const whyOperations: readonly ServedOperation[] = [
  serveOperation(whyRun, async ({ params, services, database }) => {
    const { runs, events } = database;
    const run = await runs.find(params.id);
    if (run === null) {
      return noRun(params.id);
    }
    const type = run.status === "CANCELED" ? "RUN_CANCELED" : "RUN_PAUSED";
    const operation =
      run.status === "PAUSED" || run.status === "CANCELED" ? await events.findLast(params.id, type) : null;
    const foreachs = findToLookInto(run);
    const inner = foreachs.length === 0 ? [] : await runs.listUnderWay(params.id, foreachs);
    return ok(explainRun({ run, operation, inner, now: services.now() }));
  }),
];
