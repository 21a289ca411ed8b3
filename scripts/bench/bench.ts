import type postgres from "postgres";
import type { Stack } from "../stack/stack.ts";
import type { LoadGenerator } from "./load-generator.ts";
import type { LoadJob } from "./load-job.ts";
import type { BenchRecipe } from "./recipes.ts";

/** A pool of PostgreSQL connections. */
export type Sql = ReturnType<typeof postgres>;

/** What every part of the benchmark works with. */
export interface Bench {
  readonly stack: Stack;
  readonly load: LoadGenerator;
  /** The benchmark's own way to the database, past the Worker. */
  readonly sql: Sql;
  readonly scale: number;
}

/** Connections that requests come over when many come at once. */
export const CONNECTION_COUNT = 32;

const REQUEST_TIMEOUT_MS = 60_000;
const INPUT = { value: 1 };

/**
 * Gives how often to do something.
 *
 * @param bench - The benchmark, which knows its scale.
 * @param count - How often at full scale.
 * @returns A whole number, at least 3.
 */
export function scaled(bench: Bench, count: number): number {
  return Math.max(3, Math.round(count * bench.scale));
}

/**
 * Saves a recipe over the API.
 *
 * @param bench - The benchmark.
 * @param recipe - What to save.
 */
export async function saveRecipe({ stack }: Bench, recipe: BenchRecipe): Promise<void> {
  const { url, apiKey } = stack.info;
  const response = await fetch(`${url}/api/workflows`, {
    method: "POST",
    headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
    body: JSON.stringify(recipe),
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
  });
  const answer = await response.text();
  if (!response.ok)
    throw new Error(`The recipe ${recipe.name} was not saved (${response.status}): ${answer.slice(0, 1000)}`);
}

/**
 * Makes the job of starting runs over the API.
 *
 * @param bench - The benchmark.
 * @param workflow - The saved workflow to start.
 * @param options - `count`: how many runs; `connections`: over how many connections; `isAwaited`: whether each request
 * is answered only when its run has ended; `perSecond`: at most so many a second.
 * @returns The job for the load generator.
 */
export function startJob(
  { stack }: Bench,
  workflow: string,
  options: {
    readonly count: number;
    readonly connections: number;
    readonly isAwaited: boolean;
    readonly perSecond?: number;
  },
): LoadJob {
  const { url, apiKey } = stack.info;
  return {
    url: `${url}/api/workflows/${workflow}/runs${options.isAwaited ? "?wait=10s" : ""}`,
    method: "POST",
    headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
    body: JSON.stringify({ input: INPUT }),
    count: options.count,
    connections: options.connections,
    perSecond: options.perSecond,
    timeoutMs: REQUEST_TIMEOUT_MS,
  };
}
