import { beforeAll, describe, expect, it } from "vitest";
import { ApiClient } from "../stack/api-client.ts";
import { useStack } from "../stack/test-stack.ts";
import { waitUntil } from "../stack/wait-until.ts";

const stack = useStack();

const READERS = 150;
const READS_EACH = 3;
const STARTS = 20;

/** What the reads objects and the shard of this stack may open together. */
const CONNECTIONS_MAX = 16;

let runId = "";

beforeAll(async () => {
  await stack.api.save({ name: "plain", steps: [{ id: "copy", type: "transform", with: 1 }] });
  runId = (await stack.api.runToEnd("plain")).id;
});

async function createKey(name: string): Promise<ApiClient> {
  const { body } = await stack.api.call("POST", "/api/keys", { name, role: "operator" });
  return new ApiClient(stack.stack.info.url, String(Reflect.get(Object(body), "key")));
}

async function countConnections(): Promise<number> {
  const rows = await stack.sql<{ count: number }[]>`
    select count(*)::int as count from pg_stat_activity where application_name = 'baton'`;
  return rows[0]?.count ?? 0;
}

describe("150 viewers who read at once", () => {
  it("are all answered, over few connections, and starts beside them are accepted", async () => {
    const paths = ["/api/runs", `/api/runs/${runId}`, `/api/runs/${runId}/events`, "/api/stats", "/api/workflows"];
    let connections = 0;
    const reading = Array.from({ length: READERS }, async (_, reader) => {
      const statuses: number[] = [];
      for (let read = 0; read < READS_EACH; read += 1) {
        const path = paths[(reader + read) % paths.length] ?? "";
        statuses.push((await stack.api.call("GET", path)).status);
      }
      connections = Math.max(connections, await countConnections());
      return statuses;
    });
    const starting = Array.from({ length: STARTS }, async () => (await stack.api.tryStart("plain")).status);
    expect(new Set((await Promise.all(reading)).flat())).toEqual(new Set([200]));
    expect(new Set(await Promise.all(starting))).toEqual(new Set([202]));
    expect(connections).toBeGreaterThan(0);
    expect(connections).toBeLessThanOrEqual(CONNECTIONS_MAX);
  });
});

describe("a storm of wrong keys", () => {
  it("keeps nobody out who has a right one, known or not, whatever address it claims to come from", async () => {
    const alice = await createKey("alice");
    const bob = await createKey("bob");
    expect((await alice.call("GET", "/api/me")).status).toBe(200);
    const guesses = Array.from({ length: 300 }, async (_, index) => {
      const guesser = new ApiClient(stack.stack.info.url, `baton_${String(index).padStart(32, "x")}`);
      return (await guesser.call("GET", "/api/runs", undefined, { "cf-connecting-ip": "203.0.113.7" })).status;
    });
    const right = await Promise.all([alice.tryStart("plain"), bob.tryStart("plain"), stack.api.tryStart("plain")]);
    expect(right.map(({ status }) => status)).toEqual([202, 202, 202]);
    expect(new Set(await Promise.all(guesses))).toEqual(new Set([401]));
    const later = await bob.call("GET", "/api/me", undefined, { "cf-connecting-ip": "203.0.113.7" });
    expect(later.status).toBe(200);
  });
});

/** Locks rows in a session of the test; gives the way to let go of them. */
async function hold(statement: string): Promise<() => Promise<void>> {
  const held = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const holding = stack.sql.begin(async (tx) => {
    await tx.unsafe(statement);
    held.resolve();
    await released.promise;
  });
  await held.promise;
  return async () => {
    released.resolve();
    await holding;
  };
}

describe("rows that somebody else holds", () => {
  it("keep no key out, neither its own nor another", async () => {
    const dave = await createKey("dave");
    const erin = await createKey("erin");
    const release = await hold("select 1 from api_keys where name = 'dave' for update");
    const answers = await Promise.all([dave.call("GET", "/api/me"), erin.call("GET", "/api/me")]);
    await release();
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  });

  it("are not waited for longer than their caller waits, by PostgreSQL either", async () => {
    const release = await hold("select 1 from workflows where name = 'plain' for update");
    const saved = await stack.api.call("POST", "/api/workflows", {
      name: "plain",
      steps: [{ id: "b", type: "transform", with: 2 }],
    });
    const waiting = await stack.sql`select pid from pg_stat_activity where wait_event_type = 'Lock'`;
    await release();
    expect(saved).toMatchObject({ status: 503, body: { code: "unavailable" } });
    expect(waiting).toHaveLength(0);
  });
});

async function health(): Promise<unknown> {
  return (await stack.api.call("GET", "/api/health")).body;
}

async function reconnect(): Promise<void> {
  await stack.sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'baton'`;
}

async function untilHealthy(): Promise<void> {
  await waitUntil(
    async () => {
      await stack.api.tryStart("plain");
      return Reflect.get(Object(await health()), "postgres") === "ok" ? true : null;
    },
    { until: "health is ok again" },
  );
}

describe("a database that takes no changes", () => {
  it("is named by health, read only, and goes on telling who may read what", async () => {
    const carol = await createKey("carol");
    await stack.sql`alter database baton set default_transaction_read_only = on`;
    await reconnect();
    await waitUntil(async () => (Reflect.get(Object(await health()), "postgres") === "read_only" ? true : null), {
      until: "health says read only",
    });
    expect(await health()).toMatchObject({
      status: "degraded",
      faults: expect.arrayContaining([{ part: "postgres", meaning: expect.stringContaining("read only") }]),
    });
    expect((await stack.api.tryStart("plain")).body).toMatchObject({ code: "unavailable" });
    expect((await carol.call("GET", `/api/runs/${runId}`)).status).toBe(200);
    await stack.sql`set default_transaction_read_only = off`;
    await stack.sql.begin(async (tx) => {
      await tx`set transaction read write`;
      await tx`alter database baton reset default_transaction_read_only`;
    });
    await reconnect();
    await untilHealthy();
  });

  it("is named by health when its disk is full, until a change is taken again", async () => {
    await stack.sql.unsafe(`
      create function no_space() returns trigger language plpgsql as
        $$ begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$;
      create trigger no_space before insert on runs execute function no_space();`);
    const start = await stack.api.tryStart("plain");
    expect(start).toMatchObject({ status: 503, body: { code: "unavailable" } });
    expect(await health()).toMatchObject({
      status: "degraded",
      postgres: "refuses_writes",
      faults: [{ part: "postgres", meaning: expect.stringContaining("its disk is full") }],
    });
    await stack.sql`drop trigger no_space on runs`;
    await untilHealthy();
  });
});
