import { composeCron } from "./composition/compose-cron.ts";
import { provideApi } from "./composition/provide-api.ts";
import type { Env } from "./env.ts";
import { createApi } from "./functions/api/app.ts";
import { StepConsumer } from "./functions/consumer.ts";
import { Reads } from "./functions/reads.ts";
import { sweepShards } from "./functions/scheduled.ts";
import { Shard } from "./functions/shard.ts";
import { parseSettings } from "./settings.ts";

const api = createApi(provideApi);

/** The Worker: HTTP, cron, the consumer and the shards. */
export default {
  fetch: async (request, env, context) => {
    const { pathname } = new URL(request.url);
    const isServed = pathname.startsWith("/api") || pathname.startsWith("/signals/");
    // Asked for a file of the dashboard only where no asset router stands before the Worker.
    return isServed || env.ASSETS === undefined ? api.fetch(request, env, context) : env.ASSETS.fetch(request);
  },
  scheduled: async (_controller, env) => {
    await sweepShards(parseSettings(env), composeCron(env));
  },
} satisfies ExportedHandler<Env>;

export { Reads, Shard, StepConsumer };
