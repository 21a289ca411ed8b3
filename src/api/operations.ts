import { auditOperations } from "./audit/handlers.ts";
import { bulkOperations } from "./bulk/handlers.ts";
import { eventOperations } from "./events/handlers.ts";
import { healthOperations } from "./health/handlers.ts";
import type { ServedOperation } from "./http/serve-operation.ts";
import { keyOperations } from "./keys/handlers.ts";
import { metricsOperations } from "./metrics/handlers.ts";
import { describeApi } from "./reference/handlers.ts";
import { runCommandOperations } from "./runs/commands.ts";
import { runOperations } from "./runs/handlers.ts";
import { rerunOperations, startRunOperations } from "./runs/start-run.ts";
import { signalOperations } from "./signals/handlers.ts";
import { statsOperations } from "./stats/handlers.ts";
import { stepOperations } from "./steps/handlers.ts";
import { streamOperations } from "./streams/handlers.ts";
import { whyOperations } from "./why/handlers.ts";
import { workflowOperations } from "./workflows/handlers.ts";

/** Every operation of the API, in the order of the reference. */
export const OPERATIONS: readonly ServedOperation[] = [
  ...workflowOperations,
  ...startRunOperations,
  ...runOperations,
  ...stepOperations,
  ...runCommandOperations,
  ...rerunOperations,
  ...whyOperations,
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
