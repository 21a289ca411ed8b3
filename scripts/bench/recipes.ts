/** A workflow that the benchmark saves and runs. */
export interface BenchRecipe {
  readonly name: string;
  readonly steps: readonly object[];
}

const FAN_OUT_COUNT = 100;

/** Waits of 1 ms between tries, so that what is measured is the engine's own share. */
const RETRY_AT_ONCE = { attempts: 3, delay: "1ms", backoff: "fixed", jitter: "none" } as const;

/** Three `transform` steps, one after the other. */
export const TRANSFORM_RECIPE: BenchRecipe = {
  name: "bench-transform",
  steps: [
    { id: "first", type: "transform", with: { value: "${{ input.value + 1 }}" } },
    { id: "second", type: "transform", with: { value: "${{ steps.first.value + 1 }}" } },
    { id: "third", type: "transform", with: { value: "${{ steps.second.value + 1 }}" } },
  ],
};

/** One `transform` step: the least a run can be. */
export const SMALLEST_RECIPE: BenchRecipe = {
  name: "bench-smallest",
  steps: [{ id: "only", type: "transform", with: { value: "${{ input.value + 1 }}" } }],
};

/** A hundred `transform` steps side by side, and one that waits for all of them. */
export const FAN_OUT_RECIPE: BenchRecipe = {
  name: "bench-fan-out",
  steps: [
    ...Array.from({ length: FAN_OUT_COUNT }, (_, index) => ({
      id: `branch_${index}`,
      type: "transform",
      needs: [],
      with: { value: `\${{ input.value + ${index} }}` },
    })),
    {
      id: "join",
      type: "transform",
      needs: Array.from({ length: FAN_OUT_COUNT }, (_, index) => `branch_${index}`),
      with: { first: "${{ steps.branch_0.value }}", last: `\${{ steps.branch_${FAN_OUT_COUNT - 1}.value }}` },
    },
  ],
};

/**
 * Makes the recipe with three `http` steps, one after the other.
 *
 * @param demoUrl - Address of the demo API.
 * @returns The recipe.
 */
export function httpRecipe(demoUrl: string): BenchRecipe {
  const url = `${demoUrl}/echo`;
  return {
    name: "bench-http",
    steps: [
      { id: "first", type: "http", with: { url, query: { value: "${{ input.value }}" } } },
      { id: "second", type: "http", with: { url, query: { value: "${{ steps.first.body.query.value }}" } } },
      { id: "third", type: "http", with: { url, query: { value: "${{ steps.second.body.query.value }}" } } },
    ],
  };
}

/**
 * Makes a recipe as people write them: calls and transforms, one after the other.
 *
 * @param demoUrl - Address of the demo API.
 * @returns The recipe.
 */
export function mixedRecipe(demoUrl: string): BenchRecipe {
  const url = `${demoUrl}/echo`;
  return {
    name: "bench-mixed",
    steps: [
      { id: "first", type: "http", with: { url, query: { value: "${{ input.value }}" } } },
      { id: "second", type: "transform", with: { value: "${{ steps.first.status + 1 }}" } },
      { id: "third", type: "http", with: { url, query: { value: "${{ steps.second.value }}" } } },
      { id: "fourth", type: "transform", with: { value: "${{ steps.second.value + 1 }}" } },
    ],
  };
}

/**
 * Makes the recipe with one `http` step whose API fails some times before it succeeds.
 *
 * @param demoUrl - Address of the demo API.
 * @param failCount - How often it fails, at most 2.
 * @returns The recipe.
 */
export function flakyRecipe(demoUrl: string, failCount: number): BenchRecipe {
  return {
    name: `bench-flaky-${failCount}`,
    steps: [
      {
        id: "only",
        type: "http",
        retry: RETRY_AT_ONCE,
        with: { url: `${demoUrl}/flaky`, query: { key: "${{ run.id }}", fails: failCount } },
      },
    ],
  };
}
