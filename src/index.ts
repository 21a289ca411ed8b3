import { provideApi } from "./composition/provide-api.ts";
import { shardStub } from "./composition/shard-stub.ts";
import type { Env } from "./env.ts";
import { createApi } from "./functions/api/app.ts";
import { StepConsumer } from "./functions/consumer.ts";
import { sweepShards } from "./functions/scheduled.ts";
import { Shard } from "./functions/shard.ts";
import { parseSettings } from "./settings.ts";

const api = createApi(provideApi);

/** The Worker: HTTP, cron, the consumer and the shards. */
export default {
  fetch: async (request, env, context) => {
    const isApi = new URL(request.url).pathname.startsWith("/api");
    // Asked for a file of the dashboard only where no asset router stands before the Worker.
    return isApi || env.ASSETS === undefined ? api.fetch(request, env, context) : env.ASSETS.fetch(request);
  },
  scheduled: async (_controller, env) => {
    const parsed = parseSettings(env);
    if (parsed.ok) {
      await sweepShards(parsed.settings, async (shard) => shardStub(env, shard).sweep(shard));
    }
  },
} satisfies ExportedHandler<Env>;

export { Shard, StepConsumer };
