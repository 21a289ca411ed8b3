import type { z } from "@hono/zod-openapi";
import type { ShardStats } from "../../shard-rpc.ts";
import { ok } from "../answer.ts";
import { getHealth } from "../contract/health.ts";
import type { ShardHealth } from "../contract/health.ts";
import type { ApiDatabase } from "../ports/api-database.ts";
import { serveOperation, type ServedOperation } from "../serve-operation.ts";
import type { ApiServices } from "../services.ts";
import { viewInstant } from "../views/instant.ts";

type ShardHealthView = z.output<typeof ShardHealth>;

/** Shards asked by one health call; a deployment with more has metrics to look at. */
const SHARDS_ASKED_MAX = 64;

/** A step that is due is begun within a second or two, unless there is no room; the sweeper takes a minute. */
const OVERDUE_MS = 60_000;

/** How the service is. */
export const healthOperations: readonly ServedOperation[] = [
  serveOperation(getHealth, async ({ actor, services, database }) => {
    if (actor === null) {
      return ok({ status: "ok" as const });
    }
    const [oldestDueAt, shards] = await Promise.all([askDatabase(database(), services.now()), askShards(services)]);
    const postgres = oldestDueAt === undefined ? "unavailable" : "ok";
    const redis = shards.every((shard) => shard.redis === "ok") ? "ok" : "unavailable";
    const faults = findFaults({ oldestDueAt, shards, now: services.now() });
    const status = faults.length === 0 ? "ok" : "degraded";
    return ok({ status, postgres, redis, oldestDueAt: viewInstant(oldestDueAt ?? null), shards, faults });
  }),
];

interface Findings {
  readonly oldestDueAt: Date | null | undefined;
  readonly shards: readonly ShardHealthView[];
  readonly now: Date;
}

function findFaults({ oldestDueAt, shards, now }: Findings): { part: string; meaning: string }[] {
  const silent = shards.filter((shard) => shard.openAttempts === null).map(({ shard }) => shard);
  const withoutRedis = shards.filter((shard) => shard.redis !== "ok" && shard.openAttempts !== null);
  const waitedMs = oldestDueAt === null || oldestDueAt === undefined ? 0 : now.getTime() - oldestDueAt.getTime();
  const found: readonly (readonly [boolean, string, string])[] = [
    [
      oldestDueAt === undefined,
      "postgres",
      "Nothing can be started, changed or read. Runs wait, and go on by themselves when it is back.",
    ],
    [
      silent.length > 0,
      `shards ${silent.join(", ")}`,
      "Their runs wait; a shard that was killed comes back with the next call or its next alarm.",
    ],
    [
      withoutRedis.length > 0,
      "redis",
      "Steps that are not handed over at once wait. Nothing is lost: the queue is filled again from PostgreSQL.",
    ],
    [
      waitedMs > OVERDUE_MS,
      "dispatch",
      "A step has been due for more than a minute: the shards have no room, or what they call is slow.",
    ],
  ];
  return found.flatMap(([isFound, part, meaning]) => (isFound ? [{ part, meaning }] : []));
}

/** Undefined: PostgreSQL does not answer. */
async function askDatabase(database: ApiDatabase, now: Date): Promise<Date | null | undefined> {
  try {
    return await database.findOldestDue(now);
  } catch {
    return undefined;
  }
}

async function askShards({ shards, settings }: ApiServices): Promise<ShardHealthView[]> {
  const count = Math.min(settings.shardCount, SHARDS_ASKED_MAX);
  return Promise.all(
    Array.from({ length: count }, async (_, shard) => {
      const stats = await shards.stats(shard).catch(() => null);
      return viewShard(shard, stats);
    }),
  );
}

function viewShard(shard: number, stats: ShardStats | null): ShardHealthView {
  const openAttempts = stats?.openAttempts ?? null;
  const queue = stats?.queue ?? null;
  if (queue === null) {
    return { shard, redis: "unavailable", queueDepth: null, queueDue: null, queueLagMs: null, openAttempts };
  }
  const { depth, dueCount, lagMs } = queue;
  return { shard, redis: "ok", queueDepth: depth, queueDue: dueCount, queueLagMs: lagMs, openAttempts };
}
