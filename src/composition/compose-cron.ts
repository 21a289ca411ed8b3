import { createConsoleLog } from "../adapters/console-log.ts";
import type { Env } from "../env.ts";
import type { CronPorts } from "../scheduled.ts";
import { shardStub } from "./shard-stub.ts";

/**
 * Puts together what one invocation of the cron needs.
 *
 * @param env - Bindings and variables, which may be wrong.
 * @returns The way to the shards, and the log.
 */
export function composeCron(env: Env): CronPorts {
  return { sweep: async (shard) => shardStub(env, shard).sweep(shard), log: createConsoleLog({}) };
}
