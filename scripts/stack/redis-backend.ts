import { Redis } from "ioredis";
import { toReply } from "./gateway-reply.ts";
import type { Command, Outcome } from "./gateway-reply.ts";

const COMMAND_TIMEOUT_MS = 10_000;
const CONNECT_TIMEOUT_MS = 5_000;
const RECONNECT_DELAY_MS_MAX = 500;

/** Where the gateway sends commands. Every method answers with one outcome for each command. */
export interface RedisBackend {
  /** Executes one command. */
  run(command: Command): Promise<Outcome>;
  /** Executes commands in order; other clients' commands may come between them. */
  pipeline(commands: readonly Command[]): Promise<readonly Outcome[]>;
  /** Executes commands as one transaction; rejects when Redis refuses it as a whole. */
  transaction(commands: readonly Command[]): Promise<readonly Outcome[]>;
  /** Ends the connections. */
  close(): Promise<void>;
}

/**
 * Connects the gateway to a Redis server, and again whenever the connection is lost.
 * While there is no connection every command fails at once: the caller is better off knowing.
 *
 * @param redisUrl - Such as `redis://127.0.0.1:6379`.
 * @returns The connection; it may not be established yet.
 */
export function connectServer(redisUrl: string): RedisBackend {
  const redis = new Redis(redisUrl, {
    enableAutoPipelining: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_TIMEOUT_MS,
    connectTimeout: CONNECT_TIMEOUT_MS,
    retryStrategy: (times) => Math.min(times * 50, RECONNECT_DELAY_MS_MAX),
  });
  // Commands report what went wrong; an `error` event without a listener would end the process.
  redis.on("error", () => undefined);
  return {
    run: (command) => outcomeOf(redis.call(...command)),
    pipeline: async (commands) => outcomesOf(await redis.pipeline(asCalls(commands)).exec()),
    transaction: async (commands) => outcomesOf(await redis.multi(asCalls(commands)).exec()),
    close: async () => redis.disconnect(),
  };
}

/**
 * Waits until a Redis server answers.
 *
 * @param backend - The connection.
 * @param timeoutMs - How long to try.
 * @returns Whether it answered in time.
 */
export async function answersPing(backend: RedisBackend, timeoutMs: number): Promise<boolean> {
  const end = performance.now() + timeoutMs;
  while (performance.now() < end) {
    if ("result" in (await backend.run(["PING"]))) {
      return true;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}

/**
 * Turns the promise of a client library into an outcome.
 *
 * @param reply - Resolves with a RESP value or rejects with Redis' error.
 * @returns The outcome; never rejects.
 */
export async function outcomeOf(reply: Promise<unknown>): Promise<Outcome> {
  try {
    return { result: toReply(await reply) };
  } catch (error) {
    return { error: messageOf(error) };
  }
}

/**
 * Turns what a pipeline of ioredis resolves with into outcomes.
 *
 * @param replies - Pairs of error and value; null when a transaction was discarded.
 * @returns One outcome for each pair.
 */
function outcomesOf(replies: readonly (readonly [Error | null, unknown])[] | null): readonly Outcome[] {
  if (replies === null) {
    throw new Error("EXECABORT Transaction discarded.");
  }
  return replies.map(([error, value]) => (error === null ? { result: toReply(value) } : { error: messageOf(error) }));
}

/**
 * Words an error of a client library the way Redis words errors: a code first.
 *
 * @param error - What was thrown.
 * @returns The message for the field `error`.
 */
export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (/^[A-Z]{2,} /u.test(message)) {
    return message;
  }
  if (message.includes("enableOfflineQueue")) {
    return "ERR Redis is not reachable from the gateway";
  }
  return `ERR ${message}`;
}

function asCalls(commands: readonly Command[]): string[][] {
  return commands.map((command) => ["call", ...command]);
}
