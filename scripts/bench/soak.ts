import { setTimeout as wait } from "node:timers/promises";
import type { Stack } from "../stack/stack.ts";
import { CONNECTION_COUNT, saveRecipe, startJob } from "./bench.ts";
import type { Bench } from "./bench.ts";
import { markRuns, waitForEnds } from "./ended-runs.ts";
import { percentilesOf } from "./percentiles.ts";
import type { Percentiles } from "./percentiles.ts";
import { readMemoryMib } from "./process-usage.ts";
import { mixedRecipe } from "./recipes.ts";
import { formatNumber, layOutTable } from "./text-table.ts";

/** What half a minute of a soak came to. */
export interface SoakWindow {
  readonly runCount: number;
  /** Of each start, as its client saw it. */
  readonly answerMs: Percentiles;
  /** The least that workerd had. What V8 has yet to collect comes and goes above it; what is kept for good raises it. */
  readonly leastMib: number;
  readonly mostMib: number;
}

/** Well below what two cores can do, so that nothing piles up. A busier machine starts fewer, and takes longer. */
const RUNS_PER_SECOND = 90;

const WINDOW_SECONDS = 30;
const WINDOWS_PER_MINUTE = 60 / WINDOW_SECONDS;

/** A minute, in which everything warms up. */
const WARM_UP_WINDOWS = 2;

const SAMPLE_EVERY_MS = 250;

/** Timers that each run leaves make 2.5 to 5, for ever. What settles late beside other programs makes up to 1.1. */
const GROWTH_MIB_MAX = 2.5;

/** It settles at 240. Users were promised less than 512, and what went wrong before made 363 in five minutes. */
const MEMORY_MIB_MAX = 320;

/**
 * Starts runs of four steps steadily and watches the memory of workerd.
 *
 * @param bench - The benchmark.
 * @param minutes - For how long; two at least, as the first is for warming up.
 * @returns What each half minute came to. Rejects when a run does not complete, and where there is no `/proc`.
 */
export async function measureSoak(bench: Bench, minutes: number): Promise<readonly SoakWindow[]> {
  const recipe = mixedRecipe(bench.stack.info.demoUrl);
  await saveRecipe(bench, recipe);
  const windows: SoakWindow[] = [];
  while (windows.length < minutes * WINDOWS_PER_MINUTE) {
    windows.push(await measureWindow(bench, recipe.name));
  }
  return windows;
}

async function measureWindow(bench: Bench, workflow: string): Promise<SoakWindow> {
  const { stack, load, sql } = bench;
  const count = RUNS_PER_SECOND * WINDOW_SECONDS;
  const runs = await markRuns(sql, workflow);
  const job = { count, connections: CONNECTION_COUNT, isAwaited: false, perSecond: RUNS_PER_SECOND };
  let isOver = false;

  async function runAll(): Promise<Percentiles> {
    try {
      const answers = await load.run(startJob(bench, workflow, job));
      await waitForEnds(sql, runs, count);
      return percentilesOf(answers.latenciesMs);
    } finally {
      isOver = true;
    }
  }

  async function sample(): Promise<readonly number[]> {
    const memoryMib = [readWorkerMib(stack)];
    while (!isOver) {
      await wait(SAMPLE_EVERY_MS);
      memoryMib.push(readWorkerMib(stack));
    }
    return memoryMib;
  }

  const [answerMs, memoryMib] = await Promise.all([runAll(), sample()]);
  return { runCount: count, answerMs, leastMib: Math.min(...memoryMib), mostMib: Math.max(...memoryMib) };
}

function readWorkerMib({ info }: Stack): number {
  const memoryMib = readMemoryMib(info.pids.workerd);
  if (memoryMib === null) throw new Error("The memory of workerd cannot be read: it is down, or there is no /proc.");
  return memoryMib;
}

/**
 * Gives how fast memory grew: the least squares over the least of each window, once everything is warm.
 *
 * @param windows - At least four, in order.
 * @returns MiB per 1,000 runs.
 */
export function growthPerThousandRuns(windows: readonly SoakWindow[]): number {
  const points = windows
    .slice(WARM_UP_WINDOWS)
    .map(({ runCount, leastMib }, index) => ({ runs: index * runCount, leastMib }));
  const meanRuns = points.reduce((sum, { runs }) => sum + runs, 0) / points.length;
  const meanMib = points.reduce((sum, { leastMib }) => sum + leastMib, 0) / points.length;
  const covariance = points.reduce((sum, { runs, leastMib }) => sum + (runs - meanRuns) * (leastMib - meanMib), 0);
  const variance = points.reduce((sum, { runs }) => sum + (runs - meanRuns) ** 2, 0);
  return (covariance / variance) * 1000;
}

/**
 * Says what is wrong with the memory of a soak.
 *
 * @param windows - What was measured.
 * @returns A sentence for each bound that it broke; none when all is well.
 */
export function judgeSoak(windows: readonly SoakWindow[]): readonly string[] {
  const growthMib = growthPerThousandRuns(windows);
  const mostMib = Math.max(...windows.map((window) => window.mostMib));
  return [
    ...(growthMib > GROWTH_MIB_MAX
      ? [`it grew by ${formatNumber(growthMib)} MiB per 1,000 runs, the bound is ${GROWTH_MIB_MAX}`]
      : []),
    ...(mostMib > MEMORY_MIB_MAX ? [`it reached ${formatNumber(mostMib)} MiB, the bound is ${MEMORY_MIB_MAX}`] : []),
  ];
}

/**
 * Writes a soak for people.
 *
 * @param windows - What was measured.
 * @returns Lines of text.
 */
export function renderSoak(windows: readonly SoakWindow[]): readonly string[] {
  const rows = windows.map(({ runCount, answerMs, leastMib, mostMib }, index) =>
    [`${index + 1}`, ...[runCount, answerMs.p50, answerMs.p99, leastMib, mostMib].map(formatNumber)].map(String),
  );
  return [
    ...layOutTable(["window", "runs", "start p50", "p99 ms", "least MiB", "most"], rows),
    `after the first minute: ${formatNumber(growthPerThousandRuns(windows))} MiB per 1,000 runs`,
  ];
}
