import type { Env } from "../../src/env.ts";
import worker, { Reads, Shard as RealShard, StepConsumer } from "../../src/index.ts";
import type { ShardStats } from "../../src/shard/rpc.ts";

/** Asked for the state of this shard, a shard dies. */
const DEADLY_SHARD = -1;

/** The real shard, which can be made to die alone: consumers that it called go on. */
export class Shard extends RealShard {
  override async stats(shard: number): Promise<ShardStats> {
    if (shard === DEADLY_SHARD) {
      this.ctx.abort("killed by a fault test");
    }
    return super.stats(shard);
  }
}

export { Reads, StepConsumer };

async function fetchOrKill(
  request: Parameters<typeof worker.fetch>[0],
  env: Env,
  context: ExecutionContext,
): Promise<Response> {
  if (new URL(request.url).pathname !== "/fault/kill-shard") {
    return worker.fetch(request, env, context);
  }
  const shard = env.SHARD.get(env.SHARD.idFromName("shard-0"));
  await shard.stats(DEADLY_SHARD).catch(() => undefined);
  return new Response(null);
}

// oxlint-disable-next-line import/no-default-export -- the runtime finds the Worker there
export default { ...worker, fetch: fetchOrKill };
