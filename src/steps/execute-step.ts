import type { Json } from "../domain/json.ts";
import type { Assignment, Outcome } from "../domain/run/outcome.ts";
import { evaluateCondition, evaluateTemplate } from "../language/expression/evaluate.ts";
import type { ExpressionContext } from "../language/expression/evaluate.ts";
import { runWithDeadline } from "./deadline.ts";
import { executeHttp } from "./http.ts";
import { failed } from "./outcomes.ts";
import type { StepPorts } from "./ports.ts";
import { executeTransform } from "./transform.ts";

/**
 * Executes one attempt of a step within its deadline: evaluates its `if`, resolves its `with`, does what its type does.
 *
 * @param assignment - The attempt.
 * @param ports - What executing needs from outside.
 * @returns What the attempt came to; never rejects. `skipped` when the `if` is false; `failed` with the expression's
 *   code (not retryable) when an expression cannot be evaluated, with `timeout` (retryable) when the deadline passed,
 *   with `internal_error` (retryable) on a mistake of ours; otherwise what the type gives.
 */
export async function executeStep(assignment: Assignment, ports: StepPorts): Promise<Outcome> {
  const { timeoutMs } = assignment.node;
  try {
    return await runWithDeadline({
      timeoutMs,
      run: (signal) => attemptStep(assignment, ports, signal),
      late: () =>
        failed("timeout", `the step was not done within ${timeoutMs} ms: raise its \`timeout\``, { retryable: true }),
    });
  } catch (error) {
    ports.reportUnexpected(error);
    const name = error instanceof Error ? error.name : "unknown";
    const message = `the step stopped on an error inside Baton (${name}), which is not the recipe's fault: it is tried again`;
    return failed("internal_error", message, { retryable: true });
  }
}

async function attemptStep(assignment: Assignment, ports: StepPorts, signal: AbortSignal): Promise<Outcome> {
  const { node } = assignment;
  const now = ports.now();
  const context = createContext(assignment, ports, now);
  if (node.if !== null) {
    const condition = evaluateCondition(node.if, context, { now });
    if (!condition.ok) {
      return failed(condition.error.code, `in \`if\`: ${condition.error.message}`);
    }
    if (!condition.value) {
      return { kind: "skipped" };
    }
  }
  const template = evaluateTemplate(node.with, context, { now, missing: node.type === "http" ? "omit" : "null" });
  if (!template.ok) {
    return failed(template.error.code, template.error.message);
  }
  return executeType(assignment, template.value, ports, signal);
}

async function executeType(
  { node, runId, stepKey }: Assignment,
  resolved: Json,
  ports: StepPorts,
  signal: AbortSignal,
): Promise<Outcome> {
  switch (node.type) {
    case "http":
      return executeHttp(
        { resolved, idempotencyKey: createIdempotencyKey(runId, stepKey), timeoutMs: node.timeoutMs, signal },
        ports,
      );
    case "transform":
    case "output":
      return executeTransform(resolved);
  }
}

function createContext(
  { scope, runId, stepKey, attempt }: Assignment,
  { makeSignalUrl }: StepPorts,
  now: Date,
): ExpressionContext {
  return {
    ...scope,
    step: { key: stepKey, attempt, idempotencyKey: createIdempotencyKey(runId, stepKey) },
    signalUrl: () => makeSignalUrl({ runId, stepKey, now }),
  };
}

// The same for every attempt, redelivery and recovery of a step: what lets the other side recognise a repeated call.
function createIdempotencyKey(runId: string, stepKey: string): string {
  return `${runId}:${stepKey}`;
}
