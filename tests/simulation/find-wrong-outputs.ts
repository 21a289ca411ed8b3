import { isDeepStrictEqual } from "node:util";
import { isJsonObject, type Json } from "../../src/domain/json.ts";
import { itemPlaceOf } from "../../src/domain/path.ts";
import { readKeyOf } from "../../src/domain/run/concerns.ts";
import type { Event } from "../../src/domain/run/event.ts";
import type { Outcome } from "../../src/domain/run/outcome.ts";
import type { Step } from "../../src/domain/run/step.ts";
import { type LivedRun, nodeOfStep } from "./lived-run.ts";
import type { Outside } from "./outside.ts";

/** What an attempt came to, by the event that says so. */
const OUTCOMES: Partial<Record<Event["type"], Outcome["kind"]>> = {
  STEP_COMPLETED: "completed",
  STEP_FAILED: "failed",
  STEP_SKIPPED: "skipped",
  STEP_WAITING: "waiting",
};

/**
 * Looks for attempts that the log has come to something else than they did: to what another attempt did, say, or to
 * anything when their consumer was lost.
 *
 * @param lived - The run.
 * @param outside - What consumers did.
 * @returns One sentence for each.
 */
export function findWrongOutcomes({ run, events }: LivedRun, { recorder }: Outside): readonly string[] {
  const begun = new Map<string, number>();
  return events.flatMap((event) => {
    const { type, step, attempt, actor } = event;
    const name = `${step}#${attempt}`;
    if (type === "STEP_STARTED") {
      begun.set(name, (begun.get(name) ?? 0) + 1);
    }
    if (step === null || actor !== "consumer" || OUTCOMES[type] === undefined) {
      return [];
    }
    const token = recorder.tokenOf({ runId: run.id, key: step, attempt }, (begun.get(name) ?? 0) - 1);
    const outcome = token === null ? undefined : recorder.outcomes.get(token);
    return isToldBy(event, outcome) ? [] : [`says ${type} of attempt ${name}, it came to ${JSON.stringify(outcome)}`];
  });
}

function isToldBy({ type, data }: Event, outcome: Outcome | undefined): boolean {
  return outcome?.kind === OUTCOMES[type] && (outcome?.kind !== "failed" || outcome.error.code === data["code"]);
}

/**
 * Looks for steps that completed without an output, or with another than that of their attempt, or than what they read of
 * the steps before them and of their item.
 *
 * @param lived - The run.
 * @param outside - What is stored, and what consumers did.
 * @returns One sentence for each.
 */
export function findWrongOutputs(lived: LivedRun, outside: Outside): readonly string[] {
  return lived.steps.flatMap((step) => {
    const { status, key, type } = step;
    if (status !== "COMPLETED" || type === "item" || type === "foreach") {
      return [];
    }
    const output = outside.database.output({ runId: lived.run.id, stepKey: key });
    if (output === undefined) {
      return [`has no output of ${key}, which completed`];
    }
    const isRight =
      type === "wait" || (isOwn(output, step, outside) && (type === "http" || hasRead(output, step, lived, outside)));
    return isRight ? [] : [`has a wrong output of ${key}: ${JSON.stringify(output)}`];
  });
}

function isOwn(output: Json, { token }: Step, { recorder }: Outside): boolean {
  const outcome = token === null ? undefined : recorder.outcomes.get(token);
  return outcome?.kind === "completed" && isDeepStrictEqual(outcome.output, output);
}

/** Whether what a transform shows of other steps, and of its item, is what they left. */
function hasRead(output: Json, { key, runId }: Step, lived: LivedRun, { database }: Outside): boolean {
  const { reads } = nodeOfStep(lived, key);
  const from = memberOf(output, "from");
  const hasSteps = [...new Set([...reads.steps, ...reads.errors])].every((id) => {
    const source = lived.steps.find((step) => step.key === readKeyOf(key, id, lived.plan));
    const error = source?.status === "FAILED" ? source.error.code : null;
    return memberOf(from, id) === shownOf(source, { database }) && memberOf(from, `${id}_error`) === error;
  });
  const place = itemPlaceOf(key);
  const item = place === null ? null : database.item({ runId, ...place });
  return (
    hasSteps && memberOf(output, "item") === (item ?? null) && memberOf(output, "index") === (place?.index ?? null)
  );
}

/** What a recipe shows of a step: see `drawRecipe`. */
function shownOf(step: Step | undefined, { database }: Pick<Outside, "database">): Json {
  if (step?.status !== "COMPLETED") {
    return null;
  }
  const output = database.output({ runId: step.runId, stepKey: step.key }) ?? null;
  switch (step.type) {
    case "http":
      return memberOf(memberOf(output, "body"), "call");
    case "transform":
    case "output":
      return memberOf(output, "id");
    case "wait":
      return memberOf(output, "timedOut");
    case "foreach":
    case "item":
      return null;
  }
}

/**
 * Reads a member.
 *
 * @param value - Any value.
 * @param name - The member's name.
 * @returns Its value; null when there is none.
 */
export function memberOf(value: Json, name: string): Json {
  return isJsonObject(value) ? (value[name] ?? null) : null;
}
