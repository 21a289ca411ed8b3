import { startGateway } from "./gateway.ts";
import type { GatewayStats } from "./gateway.ts";
import { openRedis } from "./redis.ts";
import type { LocalRedis, RedisChoice } from "./redis.ts";
import type { StackEvents } from "./stack-events.ts";

/** How the Worker reaches Redis: over Upstash's REST protocol. */
export interface QueueAccess {
  readonly restUrl: string;
  readonly restToken: string;
  /** One sentence for people. */
  readonly description: string;
  /** The Redis behind the gateway, or null when the queue is at Upstash. */
  readonly redis: LocalRedis | null;
  /** What passed through the gateway; zeros when the queue is at Upstash. */
  stats(): GatewayStats;
  close(): Promise<void>;
}

/**
 * Opens the queue: at Upstash when `UPSTASH_REDIS_REST_URL` is set, else in a Redis of this machine behind a gateway.
 *
 * @param options - `choice`: which Redis; `dataDir`: the stack's data folder; `token`: for the gateway; `events`: whom
 * to tell when a server of ours dies.
 * @returns The queue, which answers.
 */
export async function openQueue(options: {
  readonly choice: RedisChoice;
  readonly dataDir: string;
  readonly token: string;
  readonly events: StackEvents;
}): Promise<QueueAccess> {
  const upstashUrl = process.env["UPSTASH_REDIS_REST_URL"];
  if (options.choice === "auto" && upstashUrl !== undefined && upstashUrl !== "") {
    return openUpstash(upstashUrl);
  }
  const redis = await openRedis(options.choice, options.dataDir, options.events);
  const gateway = await startGateway({ backend: redis.backend, token: options.token, port: 0 });
  return {
    restUrl: gateway.url,
    restToken: options.token,
    description: redis.description,
    redis,
    stats: gateway.stats,
    close: async () => {
      await gateway.close();
      await redis.close();
    },
  };
}

function openUpstash(restUrl: string): QueueAccess {
  const restToken = process.env["UPSTASH_REDIS_REST_TOKEN"];
  if (restToken === undefined) {
    throw new Error("UPSTASH_REDIS_REST_URL is set, UPSTASH_REDIS_REST_TOKEN is not.");
  }
  return {
    restUrl,
    restToken,
    description: `Redis over REST at ${restUrl} (from UPSTASH_REDIS_REST_URL)`,
    redis: null,
    stats: () => ({ requests: 0, commands: 0 }),
    close: async () => undefined,
  };
}
