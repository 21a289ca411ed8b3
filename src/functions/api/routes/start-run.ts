import { serveOperation, type ServedOperation } from "../../../api/http/serve-operation.ts";
import { startRun } from "../../../api/runs/contract.ts";
import { makeRun } from "../../../api/runs/start-run.ts";

/** Starting runs. */
export const startRunOperations: readonly ServedOperation[] = [
  serveOperation(startRun, async (call) => {
    const { input = {}, version = null, labels = {} } = call.body ?? {};
    return makeRun(call, { workflow: call.params.name, version, input, labels, rerunOf: null });
  }),
];
