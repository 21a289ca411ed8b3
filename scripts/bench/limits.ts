import { CONNECTION_COUNT, scaled } from "./bench.ts";
import type { Bench } from "./bench.ts";
import type { LoadJob, LoadResult } from "./load-job.ts";
import { measurePostgresLimits } from "./postgres-limits.ts";
import type { PostgresLimits } from "./postgres-limits.ts";

const REQUESTS_AT_FULL_SCALE = 10_000;
const PIPELINE_COMMANDS = 64;
const REQUEST_TIMEOUT_MS = 30_000;
const KEY = "bench:limits";
const MEMBER = "0198b3f2-7c1e-7000-8a3f-5d2c9b1e4f60/second";

/** What the parts can do alone on this machine, beside which the engine's numbers are to be read. */
export interface MachineLimits {
  readonly postgres: PostgresLimits;
  /** One command per request, 32 connections. */
  readonly redisRequestsPerSecond: number;
  /** In pipelines of 64, 32 connections. */
  readonly redisCommandsPerSecond: number;
  /** Health requests that touch nothing but the Worker, 32 connections. */
  readonly workerRequestsPerSecond: number;
}

/**
 * Measures the parts one by one.
 *
 * @param bench - The benchmark; the transform workflow has finished runs.
 * @returns What each can do.
 */
export async function measureLimits(bench: Bench): Promise<MachineLimits> {
  const { load, stack } = bench;
  const { url, gatewayUrl, gatewayToken } = stack.info;
  const count = scaled(bench, REQUESTS_AT_FULL_SCALE);
  const command = ["ZADD", KEY, "1700000000000", MEMBER];
  const base = { connections: CONNECTION_COUNT, timeoutMs: REQUEST_TIMEOUT_MS };
  const redis = { ...base, method: "POST" as const, headers: { authorization: `Bearer ${gatewayToken}` } };
  const single: LoadJob = { ...redis, url: `${gatewayUrl}/`, body: JSON.stringify(command), count };
  const pipeline: LoadJob = {
    ...redis,
    url: `${gatewayUrl}/pipeline`,
    body: JSON.stringify(Array.from({ length: PIPELINE_COMMANDS }, () => command)),
    count: Math.ceil(count / 10),
  };
  const worker: LoadJob = { ...base, method: "GET", headers: {}, url: `${url}/api/health`, body: "", count };
  const postgres = await measurePostgresLimits(bench);
  const redisRequestsPerSecond = rateOf(await load.run(single));
  const redisCommandsPerSecond = rateOf(await load.run(pipeline)) * PIPELINE_COMMANDS;
  await load.run({ ...single, body: JSON.stringify(["DEL", KEY]), count: 1 });
  const workerRequestsPerSecond = rateOf(await load.run(worker));
  return { postgres, redisRequestsPerSecond, redisCommandsPerSecond, workerRequestsPerSecond };
}

function rateOf({ latenciesMs, startedAtMs, endedAtMs }: LoadResult): number {
  return latenciesMs.length / ((endedAtMs - startedAtMs) / 1000);
}
