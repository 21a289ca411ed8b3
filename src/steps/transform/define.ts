import type { TransformNode } from "../../domain/plan/plan.ts";
import { anyJson, EXPRESSION_NOTE } from "../../language/schema-parts.ts";
import type { StepDefinition } from "../step-kind.ts";

/** Computes a value. */
export const TRANSFORM: StepDefinition<TransformNode> = {
  description: "Computes a value. Output: the value.",
  parameters: () => anyJson.describe(`The output, any JSON. ${EXPRESSION_NOTE}`),
  parameterNames: [],
  evaluated: null,
  holdsBlock: false,
  allowsSecrets: false,
  outsideParts: () => [],
  check: () => [],
  compile: (parameters) => ({ type: "transform", with: parameters }),
};
