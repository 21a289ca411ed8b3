import type { OutputNode, TransformNode } from "../../domain/plan/plan.ts";
import { completed } from "../outcomes.ts";
import type { StepExecution } from "../step-kind.ts";

/**
 * A `transform`, or the implicit `output` of a block: its value is its template's. Its input is not recorded: it would
 * repeat the output.
 */
export const TRANSFORM_EXECUTION: StepExecution<TransformNode | OutputNode> = {
  template: (node) => node.with,
  missing: "null",
  execute: async ({ resolved }) => completed(resolved),
};
