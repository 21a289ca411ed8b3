import type { z } from "@hono/zod-openapi";
import type { StepKey } from "../../domain/ids.ts";
import { containersOf } from "../../domain/path.ts";
import type { Event } from "../../domain/run/event.ts";
import { viewInstant } from "../http/fields.ts";
import type { RunRecord } from "../runs/port.ts";
import { viewWaits } from "../runs/view.ts";
import type { StepRecord } from "../steps/port.ts";
import type { Why } from "./contract.ts";
import { type Explanation, explainStep } from "./explain-step.ts";

type WhyView = z.output<typeof Why>;

/** What is known of a run. */
export interface WhySources {
  readonly run: RunRecord;
  /** The event of the operator that paused or canceled it; null in other states. */
  readonly operation: Event | null;
  /** What is under way inside of its items, where that matters. */
  readonly inner: readonly StepRecord[];
  readonly now: Date;
}

const NOTHING = { step: null, since: null, until: null, data: {} };

/** Steps that a sentence names. */
const NAMED_MAX = 5;

/**
 * Tells into which `foreach` steps one must look to say what a run waits for.
 *
 * @param run - The run.
 * @returns Their keys; none where the recipe's own steps and the waits say it.
 */
export function findToLookInto(run: RunRecord): readonly StepKey[] {
  const { running, ready, retrying } = run.counts;
  if (run.endedAt !== null || run.status === "PAUSED" || running + ready + retrying === 0) {
    return [];
  }
  const isSaid = run.steps.some((step) => step.status === "RUNNING" || isDue(step)) && run.failure === null;
  return isSaid ? [] : run.steps.filter((step) => openItemsOf(step) > 0).map(({ key }) => key);
}

/**
 * Says what a run waits for.
 *
 * @param sources - The run, and what else is known.
 * @returns A sentence, and the same as data.
 */
export function explainRun(sources: WhySources): WhyView {
  return { status: sources.run.status, ...explain(sources) };
}

function explain(sources: WhySources): Explanation {
  const { run, operation } = sources;
  if (run.status === "COMPLETED") {
    return ended(run, "completed", "The run completed; it waits for nothing.");
  }
  if (run.status === "FAILED") {
    const repair = `Repair the cause, then POST /api/runs/${run.id}/retry.`;
    return ended(run, "failed", `The run failed: ${describeFailure(run)}. ${repair}`);
  }
  if (run.status === "CANCELED") {
    return ended(run, "canceled", `The run was canceled${byOperator(operation)}; it waits for nothing.`);
  }
  if (run.status === "PAUSED") {
    return explainPaused(sources);
  }
  return run.failure === null ? explainActive(sources) : explainFailing(sources);
}

/** A pause begins nothing, but timers fire in it and signals are taken. */
function explainPaused({ run, operation, now }: WhySources): Explanation {
  const [wait] = run.waits;
  const meanwhile = wait === undefined ? "" : ` Meanwhile: ${explainStep(wait, { runId: run.id, now }).sentence}`;
  return {
    ...NOTHING,
    reason: "paused",
    sentence: `The run was paused${byOperator(operation)}; it goes on with POST /api/runs/${run.id}/resume.${meanwhile}`,
    since: viewInstant(operation?.at ?? null),
    data: { ...operation?.data, waitingFor: viewWaits(run) },
  };
}

function explainFailing({ run, inner }: WhySources): Explanation {
  const running = [...run.steps, ...inner].filter((step) => step.status === "RUNNING").map(({ key }) => key);
  const unnamed = run.counts.running - Math.min(running.length, NAMED_MAX);
  const names = [...running.slice(0, NAMED_MAX), ...(unnamed > 0 ? [`${unnamed} more`] : [])].join(", ");
  return {
    ...NOTHING,
    reason: "failing",
    sentence: `The run is failing: ${describeFailure(run)}. It ends when the attempts that run are over: ${names}.`,
    step: run.failure?.step ?? null,
    data: { running },
  };
}

function explainActive(sources: WhySources): Explanation {
  const { run, now } = sources;
  const step = chooseStep(sources);
  if (step === undefined) {
    return {
      ...NOTHING,
      reason: "nothing_due",
      sentence: "No step of the run is due; the sweeper will look after it.",
    };
  }
  const context = { runId: run.id, now };
  const explained = explainStep(step, context);
  const around = findAround(sources, step).map((holder) => explainStep(holder, context));
  return {
    ...explained,
    reason: around.some(({ reason }) => reason === "items_failing") ? "items_failing" : explained.reason,
    sentence: [...around.map(({ sentence }) => sentence), explained.sentence, ...nameOthers(run, step)].join(" "),
    data: { ...Object(explained.data), waitingFor: viewWaits(run) },
  };
}

/**
 * What runs, else what would run, else what is tried again, else what comes from outside, else items. An item that is
 * failing begins nothing new: what is ready or to be tried again in it will be canceled.
 */
function chooseStep({ run, inner }: WhySources): StepRecord | undefined {
  const sunk = new Set(inner.filter((step) => step.type === "item" && isFailing(step)).map(({ key }) => key));
  const steps = [...run.steps, ...inner.filter(({ key }) => !containersOf(key).some((holder) => sunk.has(holder)))];
  return (
    [...run.steps, ...inner].find((step) => step.status === "RUNNING") ??
    soonest(steps.filter(isDue)) ??
    soonest(steps.filter((step) => step.status === "RETRYING")) ??
    run.waits[0] ??
    run.steps.find((step) => openItemsOf(step) > 0) ??
    run.steps.find((step) => step.status === "WAITING")
  );
}

/** The `foreach` of the recipe that holds the step, and what else holds it and is failing. */
function findAround({ run, inner }: WhySources, { key }: StepRecord): readonly StepRecord[] {
  const holders = new Set<string>(containersOf(key));
  const foreach = run.steps.filter((step) => holders.has(step.key));
  return [...foreach, ...inner.filter((step) => holders.has(step.key) && isFailing(step))];
}

function nameOthers({ waits }: RunRecord, chosen: StepRecord): readonly string[] {
  const others = waits.filter(({ key }) => key !== chosen.key).map(({ key }) => key);
  if (others.length === 0) {
    return [];
  }
  const isMore = others.length > NAMED_MAX;
  return [`Also waiting: ${others.slice(0, NAMED_MAX).join(", ")}${isMore ? " and more" : ""}.`];
}

function isFailing({ waitingFor }: StepRecord): boolean {
  return (waitingFor?.kind === "block" || waitingFor?.kind === "items") && waitingFor.failure !== null;
}

function isDue({ status, availableAt }: StepRecord): boolean {
  return status === "PENDING" && availableAt !== null;
}

function openItemsOf({ status, waitingFor }: StepRecord): number {
  return status === "WAITING" && waitingFor?.kind === "items" ? waitingFor.open : 0;
}

function ended(run: RunRecord, reason: WhyView["reason"], sentence: string): Explanation {
  return { ...NOTHING, reason, sentence, step: run.failure?.step ?? null, since: viewInstant(run.endedAt) };
}

function describeFailure({ failure }: RunRecord): string {
  if (failure === null) {
    return "for a reason that is not known";
  }
  const where = failure.step === null ? "" : `step ${failure.step}: `;
  return `${where}${failure.message} (${failure.code})`;
}

function byOperator(operation: Event | null): string {
  if (operation === null) {
    return "";
  }
  const { reason } = operation.data;
  return ` by ${operation.actor}${typeof reason === "string" ? ` (${reason})` : ""}`;
}

function soonest(steps: readonly StepRecord[]): StepRecord | undefined {
  return steps.toSorted((left, right) => timeOf(left) - timeOf(right))[0];
}

function timeOf(step: StepRecord): number {
  return step.availableAt?.getTime() ?? Number.MAX_SAFE_INTEGER;
}
