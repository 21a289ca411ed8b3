import { auditOperations } from "./routes/audit.ts";
import { bulkOperations } from "./routes/bulk.ts";
import { eventOperations } from "./routes/events.ts";
import { healthOperations } from "./routes/health.ts";
import { keyOperations } from "./routes/keys.ts";
import { metricsOperations } from "./routes/metrics.ts";
import { describeApi } from "./routes/reference.ts";
import { rerunOperations } from "./routes/rerun.ts";
import { runCommandOperations } from "./routes/run-commands.ts";
import { runOperations } from "./routes/runs.ts";
import { startRunOperations } from "./routes/start-run.ts";
import { statsOperations } from "./routes/stats.ts";
import { streamOperations } from "./routes/streams.ts";
import { workflowOperations } from "./routes/workflows.ts";
import type { ServedOperation } from "./serve-operation.ts";
import { signalOperations } from "./signals/handlers.ts";

/** Every operation of the API, in the order of the reference. */
export const OPERATIONS: readonly ServedOperation[] = [
  ...workflowOperations,
  ...startRunOperations,
  ...runOperations,
  ...runCommandOperations,
  ...rerunOperations,
  ...signalOperations,
  ...bulkOperations,
  ...eventOperations,
  ...auditOperations,
  ...streamOperations,
  ...statsOperations,
  ...keyOperations,
  ...healthOperations,
  ...metricsOperations,
  ...describeApi(() => OPERATIONS.map(({ operation }) => operation)),
];
