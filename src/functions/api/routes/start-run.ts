import { startRun } from "../contract/runs.ts";
import { serveOperation, type ServedOperation } from "../serve-operation.ts";
import { makeRun } from "./make-run.ts";

/** Starting runs. */
export const startRunOperations: readonly ServedOperation[] = [
  serveOperation(startRun, async (call) => {
    const { input = {}, version = null, labels = {} } = call.body ?? {};
    return makeRun(call, { workflow: call.params.name, version, input, labels, rerunOf: null });
  }),
];
