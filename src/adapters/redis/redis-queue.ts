import { Redis } from "@upstash/redis";
import { UnavailableError } from "../../domain/errors.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { Queue, QueueMessage } from "../../shard/dispatch/queue.ts";
import { queueKey, queueMarkKey } from "./keys.ts";

/** Where the Redis REST API is. */
export interface RedisAddress {
  readonly url: string;
  readonly token: string;
}

const REQUEST_DEADLINE_MS = 5_000;

/** Requests that begin within this time share the signal that ends them. */
const SHARED_SIGNAL_MS = 500;

/** Members in one command; more go in further commands of the same pipeline. */
const MEMBERS_MAX = 1_000;

/**
 * Claims due messages.
 *
 * KEYS[1] zset: the shard's queue. KEYS[2] string: its mark, gone after a flush.
 * ARGV[1] now, ARGV[2] limit, ARGV[3] hidden until (instants in epoch ms).
 * Returns [mark exists (0 or 1), score of the next message after the claim ("" when none), member...].
 */
const CLAIM_SCRIPT = `
local members = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])
for _, member in ipairs(members) do
  redis.call('ZADD', KEYS[1], ARGV[3], member)
end
local head = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
return { redis.call('EXISTS', KEYS[2]), head[2] or '', unpack(members) }
`;

/**
 * Adds messages that are missing, and takes back to their instant those that are hidden for longer than anybody hides.
 *
 * KEYS[1] zset: the shard's queue.
 * ARGV[1] the latest instant that a message which is due may be hidden until; then score and member, pair by pair (epoch ms).
 * Returns how many messages were added or moved.
 */
const RESTORE_SCRIPT = `
local count = 0
for index = 2, #ARGV, 2 do
  local score = redis.call('ZSCORE', KEYS[1], ARGV[index + 1])
  local isStrayed = score and tonumber(score) > tonumber(ARGV[1]) and tonumber(score) > tonumber(ARGV[index])
  if not score or isStrayed then
    redis.call('ZADD', KEYS[1], ARGV[index], ARGV[index + 1])
    count = count + 1
  end
end
return count
`;

/**
 * Makes a client that fails fast: the dispatch loop has its own backoff.
 *
 * @param address - Where the Redis REST API is.
 * @param clock - Time.
 * @returns The client.
 */
export function openRedis(address: RedisAddress, clock: Clock): Redis {
  return new Redis({
    ...address,
    retry: false,
    enableTelemetry: false,
    automaticDeserialization: false,
    signal: shareSignals(clock),
  });
}

/** Gives signals that fire when a request is late. A signal and a timer for each would be most of what a call costs. */
function shareSignals(clock: Clock): () => AbortSignal {
  let signal: AbortSignal | null = null;
  let sharedUntilMs = 0;
  return () => {
    const nowMs = clock.now().getTime();
    if (signal === null || nowMs >= sharedUntilMs) {
      const controller = new AbortController();
      ({ signal } = controller);
      sharedUntilMs = nowMs + SHARED_SIGNAL_MS;
      clock.after(REQUEST_DEADLINE_MS + SHARED_SIGNAL_MS, () => {
        controller.abort();
      });
    }
    return signal;
  };
}

/**
 * Makes the queue of a shard over Redis: one sorted set, scored with the epoch ms at which a message becomes visible.
 *
 * @param redis - The client.
 * @param shard - The shard's number.
 * @returns The queue.
 */
export function createRedisQueue(redis: Redis, shard: number): Queue {
  const key = queueKey(shard);
  const mark = queueMarkKey(shard);
  return {
    async claim({ now, limit, hiddenUntil }) {
      const args = [`${now.getTime()}`, `${limit}`, `${hiddenUntil.getTime()}`];
      const [hasMark, next, ...members] = await guarded(
        redis.eval<string[], (string | number)[]>(CLAIM_SCRIPT, [key, mark], args),
      );
      return {
        members: members.map(String),
        nextAt: next === undefined || next === "" ? null : new Date(Number(next)),
        isLost: Number(hasMark) === 0,
      };
    },
    async write(added, removed) {
      const pipeline = redis.pipeline();
      for (const chunk of chunks(added)) {
        zadd(pipeline, key, chunk, "any");
      }
      for (const chunk of chunks(removed)) {
        pipeline.zrem(key, ...chunk);
      }
      await guarded(pipeline.exec());
    },
    async hide(members, hiddenUntil) {
      const pipeline = redis.pipeline();
      for (const chunk of chunks(members)) {
        zadd(
          pipeline,
          key,
          chunk.map((member) => ({ member, visibleAt: hiddenUntil })),
          "present",
        );
      }
      await guarded(pipeline.exec());
    },
    async restore(messages, hiddenUntilMax) {
      const pipeline = redis.pipeline();
      for (const chunk of chunks(messages)) {
        const scored = chunk.flatMap(({ member, visibleAt }) => [`${visibleAt.getTime()}`, member]);
        pipeline.eval<string[], number>(RESTORE_SCRIPT, [key], [`${hiddenUntilMax.getTime()}`, ...scored]);
      }
      pipeline.set(mark, "1");
      await guarded(pipeline.exec());
    },
    async stats(now) {
      const pipeline = redis.pipeline();
      pipeline.zcard(key);
      pipeline.zcount(key, "-inf", now.getTime());
      pipeline.zrange(key, 0, 0, { withScores: true });
      const [depth, dueCount, head] = await guarded(pipeline.exec<[number, number, (string | number)[]]>());
      const first = head[1];
      const lagMs = first === undefined ? 0 : Math.max(0, now.getTime() - Number(first));
      return { depth, dueCount, lagMs };
    },
  };
}

/** Which messages an addition touches. */
const ZADD_OPTIONS = { any: {}, present: { xx: true } } as const;

type Pipeline = ReturnType<Redis["pipeline"]>;

function zadd(
  pipeline: Pipeline,
  key: string,
  messages: readonly QueueMessage[],
  which: keyof typeof ZADD_OPTIONS,
): void {
  const [first, ...rest] = messages.map(({ member, visibleAt }) => ({ member, score: visibleAt.getTime() }));
  if (first !== undefined) {
    pipeline.zadd(key, ZADD_OPTIONS[which], first, ...rest);
  }
}

function chunks<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  const result: (readonly Item[])[] = [];
  for (let start = 0; start < items.length; start += MEMBERS_MAX) {
    result.push(items.slice(start, start + MEMBERS_MAX));
  }
  return result;
}

async function guarded<Value>(call: Promise<Value>): Promise<Value> {
  try {
    return await call;
  } catch (error) {
    throw new UnavailableError("redis", "Redis did not take a command", error);
  }
}
