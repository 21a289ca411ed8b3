import { parseRunId } from "../../../../src/domain/ids.ts";
import type { Json } from "../../../../src/domain/json.ts";
import {
  evaluateTemplate,
  type EvaluateResult,
  type ExpressionContext,
} from "../../../../src/language/expression/evaluate.ts";

const RUN_ID = parseRunId("01890000-0000-7000-8000-000000000000");

/** The instant of every evaluation. */
export const NOW = new Date("2026-01-02T03:04:05.678Z");

/** Makes a context with an input and the outputs of steps. */
export function contextOf(input: Json, steps: Readonly<Record<string, Json>> = {}): ExpressionContext {
  if (RUN_ID === null) {
    throw new Error("the run id of the tests is none");
  }
  return {
    input,
    item: null,
    index: null,
    steps,
    errors: { broken: { code: "timeout", message: "too late" } },
    run: { id: RUN_ID, workflow: "tests", version: 3, startedAt: "2026-01-02T03:04:05.000Z" },
    step: { key: "here", attempt: 2, idempotencyKey: "run:here" },
  };
}

/** Evaluates one expression against an input. */
export function evaluate(source: string, input: Json = {}): EvaluateResult {
  return evaluateTemplate(`\${{ ${source} }}`, contextOf(input), { now: NOW });
}
