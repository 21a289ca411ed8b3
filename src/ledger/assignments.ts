import { InvariantError } from "../domain/errors.ts";
import type { RunId } from "../domain/ids.ts";
import type { Json } from "../domain/json.ts";
import { itemPlaceOf } from "../domain/path.ts";
import { nodeOf } from "../domain/plan/plan-index.ts";
import { readKeyOf } from "../domain/run/concerns.ts";
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
  const values = {
    inputs: read.inputs,
    results: new Map(read.results.map((result) => [`${result.runId}/${result.stepKey}`, result])),
    items: new Map(read.items.map((item) => [`${item.runId}/${item.stepKey}[${item.index}]`, item.value])),
  };
  return begun.map((attempt) => makeAssignment(attempt, requireRun(runsById, attempt.step.runId), values));
}

interface Values {
  readonly inputs: ReadBack["inputs"];
  readonly results: ReadonlyMap<string, StepResult>;
  readonly items: ReadonlyMap<string, Json>;
}

function makeAssignment(attempt: BegunAttempt, run: Run, values: Values): Assignment {
  const { step, plan } = attempt;
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
      input: node.reads.input ? (values.inputs.get(run.id) ?? null) : null,
      ...resultsOf(attempt, values.results),
      ...itemOf(attempt, values.items),
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
  { step, plan }: BegunAttempt,
  results: ReadonlyMap<string, StepResult>,
): Pick<Assignment["scope"], "steps" | "errors"> {
  const { reads } = nodeOf(plan, step.nodeId);
  const resultOf = (id: string): StepResult | undefined =>
    results.get(`${step.runId}/${readKeyOf(step.key, id, plan)}`);
  const steps = reads.steps.map((id): [string, Json] => [id, resultOf(id)?.output ?? null]);
  const errors = reads.errors.flatMap((id): [string, StepError][] => {
    const error = resultOf(id)?.error ?? null;
    return error === null ? [] : [[id, error]];
  });
  // Not by assignment: a step may be called `__proto__`.
  return { steps: Object.fromEntries(steps), errors: Object.fromEntries(errors) };
}

function itemOf({ step }: BegunAttempt, items: ReadonlyMap<string, Json>): Pick<Assignment["scope"], "item" | "index"> {
  const place = itemPlaceOf(step.key);
  return place === null
    ? { item: null, index: null }
    : { item: items.get(`${step.runId}/${place.stepKey}[${place.index}]`) ?? null, index: place.index };
}

function requireRun(runs: ReadonlyMap<RunId, Run>, runId: RunId): Run {
  const run = runs.get(runId);
  if (run === undefined) {
    throw new InvariantError(`an attempt of run ${runId} was begun, but the run did not change`);
  }
  return run;
}
