import { join } from "node:path";
import { onPath } from "./on-path.ts";
import { freePort } from "./ports.ts";
import { answersPing, connectServer } from "./redis-backend.ts";
import type { RedisBackend } from "./redis-backend.ts";
import { createMemoryRedis } from "./redis-memory.ts";
import { startServer } from "./server-process.ts";
import type { StackEvents } from "./stack-events.ts";
import { SupervisedServer } from "./supervisor.ts";

const PING_TIMEOUT_MS = 5_000;
const READY_TIMEOUT_MS = 10_000;

/** Which Redis to use; `auto` takes the first there is: `REDIS_URL`, a `redis-server` on the PATH, memory. */
export type RedisChoice = "auto" | "server" | "mock" | "url";

/** The Redis behind the gateway. */
export interface LocalRedis {
  /** Null for the one in memory. */
  readonly redisUrl: string | null;
  /** One sentence for people: which Redis this is. */
  readonly description: string;
  /** The current connection. */
  backend(): RedisBackend;
  /** The process id of the server this stack started, or null. */
  pid(): number | null;
  /** Deletes everything in it. */
  flush(): Promise<void>;
  /** Makes it unreachable and empty. */
  stop(): Promise<void>;
  /** Makes it reachable again. */
  start(): Promise<void>;
  /** Ends it, or the connection to it, for good. */
  close(): Promise<void>;
}

/**
 * Starts or finds the Redis that the queue lives in.
 *
 * @param choice - Which one.
 * @param dataDir - The stack's data folder, absolute.
 * @param events - Whom to tell when a server of ours dies.
 * @returns The Redis, which answers.
 */
export async function openRedis(choice: RedisChoice, dataDir: string, events: StackEvents): Promise<LocalRedis> {
  const givenUrl = process.env["REDIS_URL"];
  if (choice === "url" || (choice === "auto" && givenUrl !== undefined)) {
    return openGiven(givenUrl);
  }
  const command = choice === "mock" ? null : onPath("redis-server");
  if (command !== null) {
    return openServer(command, dataDir, events);
  }
  if (choice === "server") {
    throw new Error("There is no redis-server on the PATH: install one, or use the Redis in memory.");
  }
  return openMemory();
}

async function openGiven(redisUrl: string | undefined): Promise<LocalRedis> {
  if (redisUrl === undefined || redisUrl === "") {
    throw new Error("REDIS_URL is not set.");
  }
  const shownUrl = redisUrl.replace(/\/\/[^@/]*@/u, "//***@");
  let backend = connectServer(redisUrl);
  if (!(await answersPing(backend, PING_TIMEOUT_MS))) {
    await backend.close();
    throw new Error(`No Redis answers at REDIS_URL (${shownUrl}): start it, or unset REDIS_URL.`);
  }
  return {
    redisUrl,
    description: `Redis at ${shownUrl}`,
    backend: () => backend,
    pid: () => null,
    flush: () => flushAll(backend),
    stop: () => backend.close(),
    start: async () => {
      backend = connectServer(redisUrl);
      await answersPing(backend, PING_TIMEOUT_MS);
    },
    close: () => backend.close(),
  };
}

async function openServer(command: string, dataDir: string, events: StackEvents): Promise<LocalRedis> {
  const port = await freePort();
  const redisUrl = `redis://127.0.0.1:${port}`;
  // The queue is disposable: nothing is written to disk.
  const args = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--daemonize", "no"];
  const server = new SupervisedServer({
    name: "Redis",
    start: () =>
      startServer({
        name: "Redis",
        command,
        args,
        logPath: join(dataDir, "log", "redis.log"),
        readyPattern: /ready to accept connections/iu,
        readyTimeoutMs: READY_TIMEOUT_MS,
        stopSignal: "SIGTERM",
      }),
    onRestarted: events.onRestarted,
    onGivenUp: events.onGivenUp,
  });
  await server.start();
  const backend = connectServer(redisUrl);
  if (!(await answersPing(backend, PING_TIMEOUT_MS))) {
    await backend.close();
    await server.stop();
    throw new Error(`the Redis at ${redisUrl} does not answer`);
  }
  return {
    redisUrl,
    description: `redis-server on port ${port}`,
    backend: () => backend,
    pid: () => server.pid,
    flush: () => flushAll(backend),
    stop: () => server.kill(),
    start: async () => {
      await server.start();
      await answersPing(backend, PING_TIMEOUT_MS);
    },
    close: async () => {
      await backend.close();
      await server.stop();
    },
  };
}

function openMemory(): LocalRedis {
  let backend = createMemoryRedis();
  return {
    redisUrl: null,
    description: "Redis in memory (no redis-server found; safe, since PostgreSQL holds the truth)",
    backend: () => backend,
    pid: () => null,
    flush: () => flushAll(backend),
    stop: async () => {
      await backend.close();
      backend = unreachable();
    },
    start: async () => {
      backend = createMemoryRedis();
    },
    close: () => backend.close(),
  };
}

function unreachable(): RedisBackend {
  const refusal = { error: "ERR Redis is not reachable from the gateway" };
  return {
    run: async () => refusal,
    pipeline: async (commands) => commands.map(() => refusal),
    transaction: () => Promise.reject(new Error(refusal.error)),
    close: async () => undefined,
  };
}

async function flushAll(backend: RedisBackend): Promise<void> {
  const outcome = await backend.run(["FLUSHALL"]);
  if ("error" in outcome) {
    throw new Error(`Redis could not be flushed: ${outcome.error}`);
  }
}
