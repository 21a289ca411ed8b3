import type { Json } from "../domain/json.ts";
import type { NodesByType, PlanNode } from "../domain/plan/plan.ts";
import { FOREACH, longestItemsMs } from "./foreach/define.ts";
import { FOREACH_EXECUTION } from "./foreach/execute.ts";
import { HTTP } from "./http/define.ts";
import { HTTP_EXECUTION } from "./http/execute.ts";
import type { StepDefinition, StepKind } from "./step-kind.ts";
import { TRANSFORM } from "./transform/define.ts";
import { TRANSFORM_EXECUTION } from "./transform/execute.ts";
import { longestWaitMs, WAIT } from "./wait/define.ts";
import { WAIT_EXECUTION } from "./wait/execute.ts";

const never = (): number => 0;

/** Every step type. What is special about one is in its folder; everything else asks here. */
export const STEP_KINDS: { readonly [Type in PlanNode["type"]]: StepKind<NodesByType[Type]> } = {
  http: { definition: HTTP, execution: HTTP_EXECUTION, waitsMs: never },
  transform: { definition: TRANSFORM, execution: TRANSFORM_EXECUTION, waitsMs: never },
  wait: { definition: WAIT, execution: WAIT_EXECUTION, waitsMs: longestWaitMs },
  foreach: {
    definition: FOREACH,
    execution: FOREACH_EXECUTION,
    waitsMs: (node, blockMs) => longestItemsMs(node, blockMs(node.body)),
  },
  output: { definition: null, execution: TRANSFORM_EXECUTION, waitsMs: never },
};

/** The types that recipes can have, by name, in the order in which they are listed for people. */
export const DEFINITIONS: ReadonlyMap<string, StepDefinition<PlanNode>> = new Map(
  Object.entries(STEP_KINDS).flatMap(([type, { definition }]): [string, StepDefinition<PlanNode>][] =>
    definition === null ? [] : [[type, definition]],
  ),
);

/**
 * Finds the definition of a step's type.
 *
 * @param type - The `type` of a step, of any shape.
 * @returns Null when no recipe can have it.
 */
export function findDefinition(type: Json | undefined): StepDefinition<PlanNode> | null {
  return typeof type === "string" ? (DEFINITIONS.get(type) ?? null) : null;
}
