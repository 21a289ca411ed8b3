import { createConsoleLog } from "../adapters/console-log.ts";
import { SYSTEM_CLOCK } from "../adapters/system-clock.ts";
import type { ApiServices, ShardClient } from "../api/services.ts";
import { UnavailableError } from "../domain/errors.ts";
import { shardOfRun } from "../domain/ids.ts";
import type { Env, SettingProblem, Settings } from "../env.ts";
import { describeError, type Log } from "../runtime/log.ts";
import { parseSettings } from "../settings.ts";
import type { ShardRpc } from "../shard/rpc.ts";
import { createReadsClient } from "./reads-client.ts";
import { shardStub } from "./shard-stub.ts";

const provided = new WeakMap<Env, ApiServices | readonly SettingProblem[]>();

/**
 * Gives what the API is made of, once per isolate.
 *
 * @param env - Bindings and variables.
 * @returns The services, or everything that is wrong with the variables.
 */
export function provideApi(env: Env): ApiServices | readonly SettingProblem[] {
  const known = provided.get(env);
  if (known !== undefined) {
    return known;
  }
  const parsed = parseSettings(env);
  const services = parsed.ok ? createApiServices(env, parsed.settings) : parsed.problems;
  provided.set(env, services);
  return services;
}

function createApiServices(env: Env, settings: Settings): ApiServices {
  const log = createConsoleLog({});
  return {
    settings,
    shards: createShardClient(env, log),
    database: createReadsClient(env, settings.shardCount, log),
    now: () => SYSTEM_CLOCK.now(),
    after: (delayMs, callback) => SYSTEM_CLOCK.after(delayMs, callback),
    randomBytes: (byteCount) => crypto.getRandomValues(new Uint8Array(byteCount)),
    log,
  };
}

function createShardClient(env: Env, log: Log): ShardClient {
  async function call<Value>(shard: number, ask: (stub: ShardRpc) => Promise<Value>): Promise<Value> {
    try {
      return await ask(shardStub(env, shard));
    } catch (error) {
      log.warn("a shard did not answer", { shard, error: describeError(error) });
      throw new UnavailableError("shard", `shard ${shard} did not answer`, error);
    }
  }
  return {
    start: async (request) => {
      const shard = shardOfRun(request.runId);
      return call(shard, async (stub) => stub.start(shard, request));
    },
    command: async (request) => {
      const shard = shardOfRun(request.runId);
      return call(shard, async (stub) => stub.command(shard, request));
    },
    waitForEnd: async (runId, timeoutMs) => {
      const shard = shardOfRun(runId);
      return call(shard, async (stub) => stub.waitForEnd(shard, runId, timeoutMs));
    },
    streamRun: async (runId, after) => {
      const shard = shardOfRun(runId);
      return call(shard, async (stub) => stub.streamRun(shard, runId, after));
    },
    streamChanges: async (shard, after) => call(shard, async (stub) => stub.streamChanges(shard, after)),
    stats: async (shard) => call(shard, async (stub) => stub.stats(shard)),
  };
}
