import { saveRecipe, scaled } from "./bench.ts";
import type { Bench } from "./bench.ts";
import { measureBurst, measureSequence } from "./measure-runs.ts";
import type { RunMeasurement } from "./measure-runs.ts";
import type { PartName } from "./options.ts";
import { FAN_OUT_RECIPE, flakyRecipe, httpRecipe, SMALLEST_RECIPE, TRANSFORM_RECIPE } from "./recipes.ts";

/** Runs of one workflow that are measured together. */
export interface Scenario {
  /** Short and unique, for tables and JSON. */
  readonly name: string;
  readonly part: PartName;
  readonly title: string;
  /** All started at once over 32 connections, or each when the one before has ended. */
  readonly kind: "burst" | "sequence";
  readonly workflow: string;
  /** Runs at full scale. */
  readonly count: number;
}

const WARM_UP_RUNS = 200;
const WARM_UP_FAN_OUTS = 3;

/** Everything that is measured by runs, in order. */
export const SCENARIOS: readonly Scenario[] = [
  {
    name: "transform",
    part: "transform",
    title: "3 transform steps, one after the other",
    kind: "burst",
    workflow: TRANSFORM_RECIPE.name,
    count: 2_000,
  },
  {
    name: "http",
    part: "http",
    title: "3 http steps, one after the other",
    kind: "burst",
    workflow: "bench-http",
    count: 1_000,
  },
  {
    name: "starts",
    part: "starts",
    title: "1 transform step",
    kind: "burst",
    workflow: SMALLEST_RECIPE.name,
    count: 2_000,
  },
  {
    name: "single",
    part: "single",
    title: "3 transform steps, one after the other",
    kind: "sequence",
    workflow: TRANSFORM_RECIPE.name,
    count: 200,
  },
  {
    name: "fan-out",
    part: "fan-out",
    title: "100 transform steps side by side and a join",
    kind: "sequence",
    workflow: FAN_OUT_RECIPE.name,
    count: 20,
  },
  {
    name: "flaky-0",
    part: "retries",
    title: "1 http step that succeeds",
    kind: "sequence",
    workflow: "bench-flaky-0",
    count: 50,
  },
  {
    name: "flaky-2",
    part: "retries",
    title: "1 http step that fails twice, tried again after 1 ms",
    kind: "sequence",
    workflow: "bench-flaky-2",
    count: 50,
  },
];

/**
 * Saves the recipes and warms everything up: code that has never run says nothing about code that runs all day.
 *
 * @param bench - The benchmark.
 */
export async function prepareScenarios(bench: Bench): Promise<void> {
  const { demoUrl } = bench.stack.info;
  const flaky = [flakyRecipe(demoUrl, 0), flakyRecipe(demoUrl, 2)];
  for (const recipe of [TRANSFORM_RECIPE, SMALLEST_RECIPE, FAN_OUT_RECIPE, httpRecipe(demoUrl), ...flaky]) {
    await saveRecipe(bench, recipe);
  }
  await measureBurst(bench, TRANSFORM_RECIPE.name, WARM_UP_RUNS);
  await measureBurst(bench, "bench-http", WARM_UP_RUNS);
  await measureSequence(bench, FAN_OUT_RECIPE.name, WARM_UP_FAN_OUTS);
}

/**
 * Measures one scenario.
 *
 * @param bench - The benchmark, prepared.
 * @param scenario - What to measure.
 * @returns What its runs came to. Rejects when one does not complete.
 */
export function measureScenario(bench: Bench, scenario: Scenario): Promise<RunMeasurement> {
  const measure = scenario.kind === "burst" ? measureBurst : measureSequence;
  return measure(bench, scenario.workflow, scaled(bench, scenario.count));
}
