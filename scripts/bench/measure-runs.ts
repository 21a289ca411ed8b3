import { CONNECTION_COUNT, startJob } from "./bench.ts";
import type { Bench } from "./bench.ts";
import { markRuns, waitForEnds } from "./ended-runs.ts";
import { percentilesOf } from "./percentiles.ts";
import type { Percentiles } from "./percentiles.ts";
import { cpuBetween, processIdsOf, readCpuUsage, readPeakMemoryMib } from "./process-usage.ts";
import type { CpuUsage } from "./process-usage.ts";

/** What many runs of one workflow came to. */
export interface RunMeasurement {
  readonly runCount: number;
  readonly stepCount: number;
  readonly attemptCount: number;
  /** From the first request sent to the end of the last run. */
  readonly seconds: number;
  readonly runsPerSecond: number;
  readonly stepsPerSecond: number;
  /** Starts answered per second, from the first request sent to the last answer. */
  readonly startsPerSecond: number;
  /** Of each run, from created to ended as its row says. */
  readonly runMs: Percentiles;
  /** Of each request, as its client saw it; with `?wait=` that includes the whole run. */
  readonly answerMs: Percentiles;
  /** CPU used between the first request and the last end; null where it cannot be read. */
  readonly cpuMs: CpuUsage | null;
  /** Of workerd since it started. */
  readonly peakMemoryMib: number | null;
}

/**
 * Starts runs as fast as 32 connections take them and waits until all have ended.
 *
 * @param bench - The benchmark.
 * @param workflow - A saved workflow.
 * @param count - How many runs.
 * @returns What they came to. Rejects when one does not complete.
 */
export function measureBurst(bench: Bench, workflow: string, count: number): Promise<RunMeasurement> {
  return measure(bench, workflow, { count, connections: CONNECTION_COUNT, isAwaited: false });
}

/**
 * Starts runs one after the other, each when the one before has ended.
 *
 * @param bench - The benchmark.
 * @param workflow - A saved workflow.
 * @param count - How many runs.
 * @returns What they came to. Rejects when one does not complete.
 */
export function measureSequence(bench: Bench, workflow: string, count: number): Promise<RunMeasurement> {
  return measure(bench, workflow, { count, connections: 1, isAwaited: true });
}

async function measure(
  bench: Bench,
  workflow: string,
  options: { readonly count: number; readonly connections: number; readonly isAwaited: boolean },
): Promise<RunMeasurement> {
  const { stack, load, sql } = bench;
  const pids = processIdsOf(stack, load.pid);
  const runs = await markRuns(sql, workflow);
  const cpuBefore = readCpuUsage(pids);
  const answers = await load.run(startJob(bench, workflow, options));
  const ended = await waitForEnds(sql, runs, options.count);
  const cpuMs = cpuBetween(cpuBefore, readCpuUsage(pids));
  const seconds = (ended.lastEndedAtMs - answers.startedAtMs) / 1000;
  return {
    runCount: ended.runCount,
    stepCount: ended.stepCount,
    attemptCount: ended.attemptCount,
    seconds,
    runsPerSecond: ended.runCount / seconds,
    stepsPerSecond: ended.stepCount / seconds,
    startsPerSecond: ended.runCount / ((answers.endedAtMs - answers.startedAtMs) / 1000),
    runMs: percentilesOf(ended.durationsMs),
    answerMs: percentilesOf(answers.latenciesMs),
    cpuMs,
    peakMemoryMib: readPeakMemoryMib(pids.workerd),
  };
}
