import type { z } from "@hono/zod-openapi";
import type { Json } from "../../domain/json.ts";
import { indexPlan } from "../../domain/plan/plan-index.ts";
import { type StepCounts, unfinishedCount } from "../../domain/run/counts.ts";
import type { RunError } from "../../domain/run/outcome.ts";
import { isActive, type Run } from "../../domain/run/run.ts";
import { readPlan } from "../../recipe/compile.ts";
import { viewInstant } from "../http/fields.ts";
import type { Failure } from "../steps/contract.ts";
import { viewStep, viewWaitingFor } from "../steps/view.ts";
import type { PayloadPreview, RunRecord, RunResultRecord, RunSummaryRecord } from "./port.ts";
import type * as shapes from "./shapes.ts";

type RunSummaryView = z.output<typeof shapes.RunSummary>;
type Shared = Omit<RunSummaryView, "steps">;

/**
 * Shapes a run for a list.
 *
 * @param run - The run.
 * @returns What goes over the wire.
 */
export function viewRunSummary(run: RunSummaryRecord): RunSummaryView {
  return { ...viewShared(run), steps: viewCounts(run.counts) };
}

/**
 * Shapes a run and its output for the answer to a start that waited.
 *
 * @param run - The run.
 * @returns What goes over the wire.
 */
export function viewRunResult(run: RunResultRecord): z.output<typeof shapes.StartedRun> {
  return { ...viewRunSummary(run), output: viewPayload(run.output) };
}

/**
 * Shapes a run with its steps.
 *
 * @param run - The run.
 * @returns What goes over the wire.
 */
export function viewRun(run: RunRecord): z.output<typeof shapes.Run> {
  const plan = indexPlan(readPlan(run));
  return {
    ...viewShared(run),
    steps: run.steps.map((step) => viewStep(step, plan)),
    counts: viewCounts(run.counts),
    input: viewPayload(run.input),
    output: viewPayload(run.output),
    revision: run.seq,
    seq: run.seq,
    deadlineAt: viewInstant(run.deadlineAt),
    parent: null,
    rerunOf: run.rerunOf,
    waitingFor: viewWaits(run),
  };
}

/** What a run waits for that its page shows. */
const WAITS_SHOWN_MAX = 20;

/**
 * Shapes what a run waits for: first what comes from outside, then its items.
 *
 * @param run - The run.
 * @returns What goes over the wire.
 */
export function viewWaits(run: Pick<RunRecord, "steps" | "waits">): z.output<typeof shapes.Run>["waitingFor"] {
  const foreachs = run.steps.filter((step) => step.status === "WAITING" && step.waitingFor?.kind === "items");
  return [...run.waits, ...foreachs]
    .slice(0, WAITS_SHOWN_MAX)
    .flatMap(({ key, startedAt, availableAt, waitingFor }) => {
      const [since, until] = [viewInstant(startedAt), viewInstant(availableAt)];
      return waitingFor === null ? [] : [{ step: key, since, until, for: viewWaitingFor(waitingFor) }];
    });
}

/**
 * Gives a run as the ledger has it in the form that lists read.
 *
 * @param run - The run.
 * @returns The same run.
 */
export function summaryOf(run: Run): RunSummaryRecord {
  return {
    ...run,
    failure: run.status === "FAILED" || isActive(run) ? run.failure : null,
    endedAt: isActive(run) ? null : run.endedAt,
  };
}

function viewShared(run: RunSummaryRecord): Shared {
  const { startedAt, endedAt } = run;
  return {
    id: run.id,
    workflow: run.workflow,
    version: run.version,
    status: run.status,
    labels: run.labels,
    createdAt: run.createdAt.toISOString(),
    startedAt: viewInstant(startedAt),
    endedAt: viewInstant(endedAt),
    durationMs: startedAt === null || endedAt === null ? null : Math.max(0, endedAt.getTime() - startedAt.getTime()),
    attempts: run.counts.attempts,
    error: run.failure === null ? null : viewFailure(run.failure),
  };
}

function viewCounts(counts: StepCounts): z.output<typeof shapes.StepCounts> {
  const { blocked, ready, running, retrying, waiting, completed, failed, skipped, canceled } = counts;
  const total = unfinishedCount(counts) + completed + failed + skipped + canceled;
  return { total, pending: blocked + ready, running, retrying, waiting, completed, failed, skipped, canceled };
}

function viewFailure(error: RunError): z.output<typeof Failure> {
  const { code, message, step, attempt, http } = error;
  return { code, message, step, attempt, http: http ?? null };
}

function viewPayload(payload: PayloadPreview): Json {
  if (payload === null) {
    return null;
  }
  const { bytes, preview } = payload.kind === "truncated" ? payload : { bytes: 0, preview: "" };
  return payload.kind === "whole" ? payload.value : { truncated: true, bytes, preview };
}
