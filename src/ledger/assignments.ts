import { InvariantError } from "../domain/errors.ts";
import type { RunId } from "../domain/ids.ts";
import { stepKeyOf } from "../domain/ids.ts";
import type { Json } from "../domain/json.ts";
import { nodeOf } from "../domain/plan/plan-index.ts";
import type { PlanNode } from "../domain/plan/plan.ts";
import type { Assignment, StepError } from "../domain/run/outcome.ts";
import type { Run } from "../domain/run/run.ts";
import type { BegunAttempt } from "./batch-state.ts";
import type { ReadBack, StepResult } from "./ports.ts";

/**
 * Makes the assignments of the attempts that a batch began.
 *
 * @param begun - The attempts.
 * @param runs - Their runs.
 * @param read - What their expressions read, as of the commit.
 * @returns One assignment an attempt.
 */
export function makeAssignments(
  begun: readonly BegunAttempt[],
  runs: readonly Run[],
  read: ReadBack,
): readonly Assignment[] {
  const runsById = new Map(runs.map((run) => [run.id, run]));
  const results = new Map(read.results.map((result) => [`${result.runId}/${result.stepKey}`, result]));
  return begun.map((attempt) => makeAssignment(attempt, requireRun(runsById, attempt.step.runId), results, read));
}

function makeAssignment(
  { step, plan }: BegunAttempt,
  run: Run,
  results: ReadonlyMap<string, StepResult>,
  read: ReadBack,
): Assignment {
  const node = nodeOf(plan, step.nodeId);
  return {
    runId: run.id,
    stepKey: step.key,
    workflow: run.workflow,
    version: run.version,
    attempt: step.attempt,
    maxAttempts: step.maxAttempts,
    token: step.token,
    node,
    scope: {
      input: node.reads.input ? (read.inputs.get(run.id) ?? null) : null,
      ...resultsOf(node, run.id, results),
      item: null,
      index: null,
      run: {
        id: run.id,
        workflow: run.workflow,
        version: run.version,
        startedAt: (run.startedAt ?? step.startedAt).toISOString(),
      },
    },
  };
}

/** Outputs and errors by step id; a step without an error has no entry among the errors. */
function resultsOf(
  node: PlanNode,
  runId: RunId,
  results: ReadonlyMap<string, StepResult>,
): Pick<Assignment["scope"], "steps" | "errors"> {
  const steps = node.reads.steps.map((id): [string, Json] => [
    id,
    results.get(`${runId}/${stepKeyOf(id)}`)?.output ?? null,
  ]);
  const errors = node.reads.errors.flatMap((id): [string, StepError][] => {
    const error = results.get(`${runId}/${stepKeyOf(id)}`)?.error ?? null;
    return error === null ? [] : [[id, error]];
  });
  // Not by assignment: a step may be called `__proto__`.
  return { steps: Object.fromEntries(steps), errors: Object.fromEntries(errors) };
}

function requireRun(runs: ReadonlyMap<RunId, Run>, runId: RunId): Run {
  const run = runs.get(runId);
  if (run === undefined) {
    throw new InvariantError(`an attempt of run ${runId} was begun, but the run did not change`);
  }
  return run;
}
