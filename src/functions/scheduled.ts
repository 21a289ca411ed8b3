import type { Settings } from "../env.ts";
import type { RpcResult } from "./shard-rpc.ts";

/** Sweeps one shard. */
export type SweepShard = (shard: number) => Promise<RpcResult<null>>;

/**
 * The cron function: belt and braces for the sweeper. It wakes every shard, which finds in PostgreSQL what a crash or
 * a lost queue left behind.
 *
 * @param settings - Tells how many shards there are.
 * @param sweep - Sweeps one shard.
 */
export async function sweepShards(settings: Settings, sweep: SweepShard): Promise<void> {
  const shards = Array.from({ length: settings.shardCount }, (_, shard) => shard);
  await Promise.allSettled(shards.map(sweep));
}
