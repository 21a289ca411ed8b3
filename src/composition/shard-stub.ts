import type { Env } from "../env.ts";
import type { ShardRpc } from "../shard/rpc.ts";

/**
 * Gives the way to a shard.
 *
 * @param env - Bindings.
 * @param shard - The shard's number.
 * @returns A stub; calls on it may fail with the network.
 */
export function shardStub(env: Env, shard: number): ShardRpc {
  return env.SHARD.get(env.SHARD.idFromName(`shard-${shard}`));
}
