import { isDeepStrictEqual } from "node:util";
import type { PlanNode } from "../../src/domain/definition/plan.ts";
import { isJsonObject, type Json } from "../../src/domain/json.ts";
import type { Event } from "../../src/domain/run/event.ts";
import type { Outcome } from "../../src/domain/run/outcome.ts";
import type { LivedRun } from "./lived-run.ts";
import type { Outside } from "./outside.ts";
import { attemptName } from "./recorder.ts";

/** What an attempt came to, by the event that says so. */
const OUTCOMES: Partial<Record<Event["type"], Outcome["kind"]>> = {
  STEP_COMPLETED: "completed",
  STEP_FAILED: "failed",
  STEP_SKIPPED: "skipped",
};

/**
 * Looks for attempts that the log has come to something else than they did: to what another attempt did, say, or to
 * anything when their consumer was lost.
 *
 * @param lived - The run.
 * @param outside - What consumers did, and what is stored.
 * @returns One sentence for each.
 */
export function findWrongOutcomes(
  { run, steps, events }: LivedRun,
  { recorder, database }: Outside,
): readonly string[] {
  const wrongs = events.flatMap(({ type, step, attempt, actor, data }) => {
    const kind = actor === "consumer" ? OUTCOMES[type] : undefined;
    if (kind === undefined || step === null || attempt === null) {
      return [];
    }
    const outcome = recorder.outcomes.get(attemptName(run.id, step, attempt));
    const isSame = outcome?.kind === kind && (outcome.kind !== "failed" || outcome.error.code === data["code"]);
    return isSame ? [] : [`has attempt ${attempt} of ${step} as ${kind}, it came to ${JSON.stringify(outcome)}`];
  });
  const stored = steps.flatMap(({ key, status, attempt }) => {
    const outcome = recorder.outcomes.get(attemptName(run.id, key, attempt));
    const output = database.output({ runId: run.id, stepKey: key });
    const isSame =
      status !== "COMPLETED" || (outcome?.kind === "completed" && isDeepStrictEqual(outcome.output, output));
    return isSame ? [] : [`has an output of ${key} that attempt ${attempt} did not have: ${JSON.stringify(output)}`];
  });
  return [...wrongs, ...stored];
}

/**
 * Looks for steps that completed without an output, or with another than that of one of their calls, or than what they
 * read of the steps before them.
 *
 * @param lived - The run.
 * @param outside - What is stored, and what calls there were.
 * @returns One sentence for each.
 */
export function findWrongOutputs({ run, plan, steps }: LivedRun, { database, recorder }: Outside): readonly string[] {
  const outputs = new Map<string, Json | undefined>(
    steps.map((step) => [
      step.nodeId,
      step.status === "COMPLETED" ? database.output({ runId: run.id, stepKey: step.key }) : null,
    ]),
  );
  const errors = new Map(steps.map((step) => [step.nodeId, step.status === "FAILED" ? step.error.code : null]));
  const nodes = new Map(plan.nodes.map((node) => [node.id, node]));
  return steps.flatMap((step) => {
    const node = nodes.get(step.nodeId);
    if (step.status !== "COMPLETED" || node === undefined) {
      return [];
    }
    const output = outputs.get(step.nodeId);
    if (output === undefined) {
      return [`has no output of ${step.key}, which completed`];
    }
    const isRight =
      node.type === "http"
        ? isCall(output, `${run.id}/${step.key}`, recorder.countOf(`${run.id}:${step.key}`))
        : hasRead(output, { node, nodes, outputs, errors });
    return isRight ? [] : [`has a wrong output of ${step.key}: ${JSON.stringify(output)}`];
  });
}

function isCall(output: Json, caller: string, calls: number): boolean {
  const body = memberOf(output, "body");
  const call = memberOf(body, "call");
  return memberOf(body, "caller") === caller && typeof call === "number" && call >= 1 && call <= calls;
}

interface ReadScope {
  readonly node: PlanNode;
  readonly nodes: ReadonlyMap<string, PlanNode>;
  readonly outputs: ReadonlyMap<string, Json | undefined>;
  readonly errors: ReadonlyMap<string, string | null>;
}

/** Whether what a transform shows of other steps is what they left; steps of another name are missing as errors are. */
function hasRead(output: Json, { node, nodes, outputs, errors }: ReadScope): boolean {
  const from = memberOf(output, "from");
  return [...new Set([...node.reads.steps, ...node.reads.errors])].every((id) => {
    const source = outputs.get(id) ?? null;
    const left = nodes.get(id)?.type === "http" ? memberOf(memberOf(source, "body"), "call") : memberOf(source, "id");
    return memberOf(from, id) === left && memberOf(from, `${id}_error`) === (errors.get(id) ?? null);
  });
}

function memberOf(value: Json, name: string): Json {
  return isJsonObject(value) ? (value[name] ?? null) : null;
}
