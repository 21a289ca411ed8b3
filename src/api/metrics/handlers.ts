import { serveOperation, type ServedOperation } from "../http/serve-operation.ts";
import { getMetrics } from "./contract.ts";
import { writeMetrics } from "./view.ts";

/** Shards asked by one scrape: each is a call of its own, and an invocation may make so many. */
const SHARDS_ASKED_MAX = 500;

/** Metrics for Prometheus. */
export const metricsOperations: readonly ServedOperation[] = [
  serveOperation(getMetrics, async ({ services, database }) => {
    const { shards, settings, now } = services;
    const count = Math.min(settings.shardCount, SHARDS_ASKED_MAX);
    const [stats, active, state] = await Promise.all([
      Promise.all(Array.from({ length: count }, async (_, shard) => shards.stats(shard).catch(() => null))),
      // A scrape during an outage still tells what the parts that are there say.
      database.stats.countActive().catch(() => null),
      database.state.look(now()).catch(() => null),
    ]);
    const text = writeMetrics({ stats, active, state, now: now() });
    return new Response(text, {
      headers: { "Content-Type": "text/plain; version=0.0.4; charset=utf-8", "Cache-Control": "no-store" },
    });
  }),
];
