import { Redis } from "@upstash/redis/cloudflare";
import { DurableObject, WorkerEntrypoint } from "cloudflare:workers";
import postgres from "postgres";

interface FixtureEnv {
  readonly SHARD: DurableObjectNamespace<Shard>;
  readonly CONSUMER: Service<StepConsumer>;
  readonly DATABASE_URL: string;
  readonly UPSTASH_REDIS_REST_URL: string;
  readonly UPSTASH_REDIS_REST_TOKEN: string;
  readonly CALLED_URL: string;
  readonly EXTRA?: string;
}

/** Answers a call over the service binding. */
export class StepConsumer extends WorkerEntrypoint {
  async execute(text: string): Promise<string> {
    return `executed ${text}`;
  }
}

/** Counts in storage and holds a connection to PostgreSQL. */
export class Shard extends DurableObject<FixtureEnv> {
  readonly #sql: ReturnType<typeof postgres>;

  constructor(state: DurableObjectState, env: FixtureEnv) {
    super(state, env);
    this.#sql = postgres(env.DATABASE_URL, { max: 1, connect_timeout: 5 });
  }

  async count(): Promise<number> {
    const count = ((await this.ctx.storage.get<number>("count")) ?? 0) + 1;
    await this.ctx.storage.put("count", count);
    return count;
  }

  async database(): Promise<string> {
    const sql = this.#sql;
    const [row] = await sql<{ name: string }[]>`select current_database() as name`;
    return row?.name ?? "";
  }
}

/** Is there because `wrangler.toml` binds it. */
export class Reads extends DurableObject<FixtureEnv> {}

const ROUTES: Readonly<Record<string, (env: FixtureEnv) => unknown>> = {
  "/api/health": () => ({ status: "ok" }),
  "/count": (env) => env.SHARD.get(env.SHARD.idFromName("shard-0")).count(),
  "/database": (env) => env.SHARD.get(env.SHARD.idFromName("shard-0")).database(),
  "/consumer": (env) => env.CONSUMER.execute("a step"),
  "/extra": (env) => env.EXTRA,
  "/redis": (env) =>
    new Redis({ url: env.UPSTASH_REDIS_REST_URL, token: env.UPSTASH_REDIS_REST_TOKEN, retry: false }).incr("n"),
  "/crons": (env) => env.SHARD.get(env.SHARD.idFromName("crons")).count(),
  "/call": async (env) => (await fetch(env.CALLED_URL, { method: "POST", body: "a body" })).text(),
};

/** A Worker with the bindings of the real one, which shows that each of them works. */
// oxlint-disable-next-line import/no-default-export -- the runtime takes the handlers from there
export default {
  fetch: async (request, env) => {
    const route = ROUTES[new URL(request.url).pathname];
    return route === undefined ? new Response(null, { status: 404 }) : Response.json(await route(env));
  },
  scheduled: async (_controller, env) => {
    await env.SHARD.get(env.SHARD.idFromName("crons")).count();
  },
} satisfies ExportedHandler<FixtureEnv>;
