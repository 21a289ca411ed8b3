import { MisconfiguredError } from "./domain/errors.ts";
import { describeError, type Log } from "./runtime/log.ts";
import type { RpcResult } from "./runtime/rpc-result.ts";
import type { ParsedSettings } from "./settings.ts";

/** What the cron works with. */
export interface CronPorts {
  /** Sweeps one shard. */
  readonly sweep: (shard: number) => Promise<RpcResult<null>>;
  readonly log: Log;
}

/**
 * The cron function: belt and braces for the sweeper. It wakes every shard, which finds in PostgreSQL what a crash or
 * a lost queue left behind. What keeps it from that is logged: nobody waits for its answer.
 *
 * @param parsed - Tells how many shards there are, or what is wrong with the variables.
 * @param ports - The shards and the log.
 * @throws MisconfiguredError when the variables are wrong, so that the invocation counts as failed.
 */
export async function sweepShards(parsed: ParsedSettings, { sweep, log }: CronPorts): Promise<void> {
  if (!parsed.ok) {
    const problems = parsed.problems.map(({ message }) => message).join("; ");
    log.error("the cron sweeps nothing: its variables are wrong", { error: problems });
    throw new MisconfiguredError(problems);
  }
  const shards = Array.from({ length: parsed.settings.shardCount }, (_, shard) => shard);
  await Promise.all(
    shards.map(async (shard) => {
      const failure = await sweep(shard).then(
        (result) => (result.ok ? null : `${result.code}: ${result.message}`),
        (error: unknown) => describeError(error),
      );
      if (failure !== null) {
        log.warn("a shard was not swept; the cron tries again", { shard, error: failure });
      }
    }),
  );
}
