import { createConsoleLog } from "./adapters/console-log.ts";
import { createApi } from "./api/app.ts";
import { provideApi } from "./composition/provide-api.ts";
import { Reads } from "./composition/reads.ts";
import { shardStub } from "./composition/shard-stub.ts";
import { Shard } from "./composition/shard.ts";
import { StepConsumer } from "./composition/step-consumer.ts";
import type { Env } from "./env.ts";
import { sweepShards } from "./scheduled.ts";
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
    await sweepShards(parseSettings(env), {
      sweep: async (shard) => shardStub(env, shard).sweep(shard),
      log: createConsoleLog({}),
    });
  },
} satisfies ExportedHandler<Env>;

export { Reads, Shard, StepConsumer };
