import type { NodesByType } from "../domain/plan/plan.ts";
import type { Assignment, Outcome } from "../domain/run/outcome.ts";
import { evaluateCondition, evaluateTemplate } from "../language/expression/evaluate.ts";
import type { ExpressionContext } from "../language/expression/evaluate.ts";
import { runWithDeadline } from "./deadline.ts";
import { failed } from "./outcomes.ts";
import type { StepPorts } from "./ports.ts";
import { STEP_KINDS } from "./registry.ts";
import type { StepExecution } from "./step-kind.ts";

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
    const work = {
      timeoutMs,
      run: (signal: AbortSignal) => attemptStep(assignment, ports, signal),
      late: () =>
        failed("timeout", `the step was not done within ${timeoutMs} ms: raise its \`timeout\``, { retryable: true }),
    };
    return await runWithDeadline(work, ports.after);
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
  return attemptNode(node.type, node, { assignment, context, now, ports, signal });
}

interface Surroundings {
  readonly assignment: Assignment;
  readonly context: ExpressionContext;
  readonly now: Date;
  readonly ports: StepPorts;
  readonly signal: AbortSignal;
}

async function attemptNode<Type extends keyof NodesByType>(
  type: Type,
  node: NodesByType[Type],
  { assignment, context, now, ports, signal }: Surroundings,
): Promise<Outcome> {
  const execution: StepExecution<NodesByType[Type]> = STEP_KINDS[type].execution;
  const { missing } = execution;
  const template = evaluateTemplate(execution.template(node), context, { now, missing });
  if (!template.ok) {
    return failed(template.error.code, template.error.message);
  }
  const idempotencyKey = createIdempotencyKey(assignment.runId, assignment.stepKey);
  return execution.execute({ node, resolved: template.value, idempotencyKey, signal }, ports);
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
