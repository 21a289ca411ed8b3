import { createApi } from "./api/app.ts";
import { composeCron } from "./composition/compose-cron.ts";
import { provideApi } from "./composition/provide-api.ts";
import { StepConsumer } from "./consumer/consumer.ts";
import type { Env } from "./env.ts";
import { Reads } from "./reads/reads.ts";
import { sweepShards } from "./scheduled.ts";
import { parseSettings } from "./settings.ts";
import { Shard } from "./shard/shard.ts";

const api = createApi(provideApi);

/** The Worker: HTTP, cron, the consumer and the shards. */
export default {
  fetch: async (request, env, context) => {
    const isApi = new URL(request.url).pathname.startsWith("/api");
    // Asked for a file of the dashboard only where no asset router stands before the Worker.
    return isApi || env.ASSETS === undefined ? api.fetch(request, env, context) : env.ASSETS.fetch(request);
  },
  scheduled: async (_controller, env) => {
    await sweepShards(parseSettings(env), composeCron(env));
  },
} satisfies ExportedHandler<Env>;

export { Reads, Shard, StepConsumer };
