import { createHash, randomUUID } from "node:crypto";
import RedisMock from "ioredis-mock";
import type { Command, Outcome } from "./gateway-reply.ts";
import { outcomeOf } from "./redis-backend.ts";
import type { RedisBackend } from "./redis-backend.ts";

const SCRIPTS_MAX = 1_000;
const NO_SCRIPT = "NOSCRIPT No matching script. Please use EVAL.";

/** Options of ZADD that the in-memory Redis knows, in upper case; it would take others for members. */
const ZADD_OPTIONS: ReadonlySet<string> = new Set(["NX", "XX"]);

const WRONG_TYPE = "WRONGTYPE Operation against a key holding the wrong kind of value";

/**
 * Makes a Redis that lives in this process' memory (`ioredis-mock`), for machines without a Redis server.
 * Its data is its own: two of them share nothing. It runs Lua, slowly: about 1,700 scripts a second.
 *
 * @returns The Redis; closing it forgets everything.
 */
export function createMemoryRedis(): RedisBackend {
  // Instances with one host and port share their data, so each gets a host of its own.
  const redis = new RedisMock({ host: randomUUID(), port: 6379 });
  const scripts = new Map<string, string>();

  async function execute([name, ...args]: Command): Promise<unknown> {
    const upperName = name.toUpperCase();
    if (upperName === "SCRIPT") {
      return executeScript(scripts, args);
    }
    if (upperName === "EVALSHA") {
      return evaluateStored(args);
    }
    const method: unknown = Reflect.get(redis, name.toLowerCase());
    if (typeof method !== "function") {
      throw new Error(`ERR unknown command '${name}' (in-memory Redis)`);
    }
    return Reflect.apply(method, redis, upperName === "ZADD" ? prepareZadd(args) : args);
  }

  async function evaluateStored([sha = "", ...rest]: readonly string[]): Promise<unknown> {
    const script = scripts.get(sha.toLowerCase());
    if (script === undefined) {
      throw new Error(NO_SCRIPT);
    }
    return execute(["EVAL", script, ...rest]);
  }

  async function run(command: Command): Promise<Outcome> {
    const outcome = await outcomeOf(execute(command));
    // It words this error in its own way.
    return "error" in outcome && /Key .* does not contain a /u.test(outcome.error) ? { error: WRONG_TYPE } : outcome;
  }

  // Nothing else runs between the commands of one list, for the mock does each of them in one go.
  const runAll = (commands: readonly Command[]): Promise<readonly Outcome[]> => Promise.all(commands.map(run));

  return {
    run,
    pipeline: runAll,
    transaction: runAll,
    close: async () => {
      await redis.flushall();
      redis.disconnect();
    },
  };
}

async function executeScript(scripts: Map<string, string>, [verb = "", ...args]: readonly string[]): Promise<unknown> {
  switch (verb.toUpperCase()) {
    case "LOAD":
      return storeScript(scripts, args[0] ?? "");
    case "EXISTS":
      return args.map((sha) => (scripts.has(sha.toLowerCase()) ? 1 : 0));
    case "FLUSH":
      scripts.clear();
      return "OK";
    default:
      throw new Error(`ERR unknown subcommand '${verb}' of SCRIPT (in-memory Redis)`);
  }
}

function storeScript(scripts: Map<string, string>, script: string): string {
  const sha = createHash("sha1").update(script).digest("hex");
  const oldest = scripts.keys().next().value;
  if (scripts.size >= SCRIPTS_MAX && oldest !== undefined) {
    scripts.delete(oldest);
  }
  scripts.set(sha, script);
  return sha;
}

function prepareZadd([key = "", ...rest]: readonly string[]): readonly string[] {
  const optionCount = rest.findIndex((word) => /^[+-]?(?:inf|\.?\d)/iu.test(word));
  const options = rest.slice(0, Math.max(0, optionCount)).map((word) => word.toUpperCase());
  const unsupported = options.find((word) => !ZADD_OPTIONS.has(word));
  if (unsupported !== undefined) {
    throw new Error(`ERR ZADD ${unsupported} is not supported by the in-memory Redis`);
  }
  return [key, ...options, ...rest.slice(options.length)];
}
