import { CONNECTION_COUNT, saveRecipe, startJob } from "./bench.ts";
import type { Bench } from "./bench.ts";
import { markRuns, waitForEnds } from "./ended-runs.ts";
import { percentilesOf } from "./percentiles.ts";
import type { Percentiles } from "./percentiles.ts";
import { readMemoryMib } from "./process-usage.ts";
import { mixedRecipe } from "./recipes.ts";
import { formatNumber, layOutTable } from "./text-table.ts";

/** What one stretch of a soak came to. */
export interface SoakWindow {
  readonly runCount: number;
  /** Of each start, as its client saw it. */
  readonly answerMs: Percentiles;
  /** Of workerd when the window's runs had ended. */
  readonly memoryMib: number;
}

/** How long a soak lasts, and how many runs are started meanwhile. */
export interface SoakPlan {
  readonly windows: number;
  readonly windowSeconds: number;
  readonly runsPerSecond: number;
}

/**
 * Starts runs of four steps steadily and watches the memory of workerd.
 *
 * @param bench - The benchmark.
 * @param plan - For how long, and how fast.
 * @returns What each window came to. Rejects when a run does not complete, and where there is no `/proc`.
 */
export async function measureSoak(bench: Bench, plan: SoakPlan): Promise<readonly SoakWindow[]> {
  const recipe = mixedRecipe(bench.stack.info.demoUrl);
  await saveRecipe(bench, recipe);
  const windows: SoakWindow[] = [];
  for (let window = 0; window < plan.windows; window += 1) {
    windows.push(await measureWindow(bench, recipe.name, plan));
  }
  return windows;
}

async function measureWindow(bench: Bench, workflow: string, plan: SoakPlan): Promise<SoakWindow> {
  const { stack, load, sql } = bench;
  const { runsPerSecond: perSecond, windowSeconds } = plan;
  const count = Math.round(perSecond * windowSeconds);
  const runs = await markRuns(sql, workflow);
  const job = startJob(bench, workflow, { count, connections: CONNECTION_COUNT, isAwaited: false, perSecond });
  const answers = await load.run(job);
  await waitForEnds(sql, runs, count);
  const memoryMib = readMemoryMib(stack.info.pids.workerd);
  if (memoryMib === null) throw new Error("The memory of workerd cannot be read on this system.");
  return { runCount: count, answerMs: percentilesOf(answers.latenciesMs), memoryMib };
}

/**
 * Gives how fast memory grew, by the least squares of all windows but the first, in which everything warms up.
 *
 * @param windows - At least three, in order.
 * @returns MiB per 1,000 runs.
 */
export function growthPerThousandRuns(windows: readonly SoakWindow[]): number {
  const points = windows.slice(1).map(({ runCount, memoryMib }, index) => ({ runs: index * runCount, memoryMib }));
  const meanRuns = points.reduce((sum, { runs }) => sum + runs, 0) / points.length;
  const meanMib = points.reduce((sum, { memoryMib }) => sum + memoryMib, 0) / points.length;
  const covariance = points.reduce((sum, { runs, memoryMib }) => sum + (runs - meanRuns) * (memoryMib - meanMib), 0);
  const variance = points.reduce((sum, { runs }) => sum + (runs - meanRuns) ** 2, 0);
  return (covariance / variance) * 1000;
}

/**
 * Writes a soak for people.
 *
 * @param windows - What was measured.
 * @returns Lines of text.
 */
export function renderSoak(windows: readonly SoakWindow[]): readonly string[] {
  const rows = windows.map(({ runCount, answerMs, memoryMib }, index) =>
    [`${index + 1}`, ...[runCount, answerMs.p50, answerMs.p99, memoryMib].map(formatNumber)].map(String),
  );
  return [
    ...layOutTable(["window", "runs", "start p50", "p99 ms", "workerd MiB"], rows),
    `after the first window: ${formatNumber(growthPerThousandRuns(windows))} MiB per 1,000 runs`,
  ];
}
