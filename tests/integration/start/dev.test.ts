import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { ApiClient } from "../../../scripts/demo/api-client.ts";
import { DEMO_NAMES } from "../../../scripts/demo/demos.ts";
import { type LocalDatabase, openDatabase } from "../../../scripts/stack/database.ts";
import { freePort } from "../../../scripts/stack/ports.ts";
import { PROJECT_ROOT } from "../../../scripts/stack/project-root.ts";
import { openQueue, type QueueAccess } from "../../../scripts/stack/queue-access.ts";
import { ApiClient as TestClient } from "../../stack/api-client.ts";

const API_KEY = "baton_local_development";
const READY = { timeout: 60_000, interval: 100 };
const ENDED = { timeout: 20_000, interval: 100 };
const TAKES = { timeout: 150_000 };
const UNHEARD = { onRestarted: () => undefined, onGivenUp: () => undefined };

interface Running {
  readonly url: string;
  readonly demoUrl: string;
  stop(): Promise<void>;
}

describe("npm run dev", () => {
  const dataDir = mkdtempSync(join(tmpdir(), "baton-dev-"));
  const stateDir = join(dataDir, "wrangler");
  const varsPath = join(dataDir, "dev.vars");
  let database: LocalDatabase;
  let queue: QueueAccess;
  let child: ChildProcess | null = null;

  // The services of docker-compose.yml, without Docker.
  beforeAll(async () => {
    database = await openDatabase({ dataDir, password: "baton", events: UNHEARD });
    queue = await openQueue({ choice: "mock", dataDir, token: "local-rest-token", events: UNHEARD });
  });

  afterEach(() => {
    child?.kill("SIGTERM");
  });

  afterAll(async () => {
    await queue.close();
    await database.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  function run(vars: Readonly<Record<string, string>>, port: number): { child: ChildProcess; output: () => string } {
    const lines = Object.entries({ BATON_API_KEY: API_KEY, ALLOW_PRIVATE_ADDRESSES: "1", ...vars });
    writeFileSync(varsPath, lines.map(([name, value]) => `${name}="${value}"\n`).join(""));
    const args = ["--env-file", varsPath, "--persist-to", stateDir, "--inspector-port", "0"];
    const started = spawn(process.execPath, [join(PROJECT_ROOT, "scripts", "dev.mjs"), ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: process.env["PATH"], HOME: dataDir, PORT: String(port), CI: "1" },
    });
    child = started;
    let output = "";
    for (const stream of [started.stdout, started.stderr]) {
      stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
    }
    return { child: started, output: () => output };
  }

  async function start(): Promise<Running> {
    const port = await freePort();
    const vars = {
      DATABASE_URL: database.databaseUrl,
      UPSTASH_REDIS_REST_URL: queue.restUrl,
      UPSTASH_REDIS_REST_TOKEN: queue.restToken,
    };
    const { child: started, output } = run(vars, port);
    const exited = new Promise((resolve) => started.once("exit", resolve));
    await vi.waitFor(() => expect(output()).toContain("Baton is ready."), READY);
    return {
      url: `http://127.0.0.1:${port}`,
      demoUrl: /Demo API +(\S+)/u.exec(output())?.[1] ?? "",
      stop: async () => {
        started.kill("SIGTERM");
        await exited;
      },
    };
  }

  it("says which services do not answer, why, and what to start", async () => {
    const [databasePort, redisPort] = [await freePort(), await freePort()];
    const vars = {
      DATABASE_URL: `postgresql://baton:baton@127.0.0.1:${databasePort}/baton`,
      UPSTASH_REDIS_REST_URL: `http://127.0.0.1:${redisPort}`,
    };
    const { child: started, output } = run(vars, await freePort());
    await expect(new Promise((resolve) => started.once("exit", resolve))).resolves.toBe(3);
    expect(output()).toContain(`PostgreSQL at 127.0.0.1:${databasePort}/baton (DATABASE_URL): nothing listens there.`);
    expect(output()).toContain(`Redis at 127.0.0.1:${redisPort} (UPSTASH_REDIS_REST_URL): nothing listens there.`);
    expect(output()).toContain("docker compose up -d --wait");
    expect(output()).not.toContain("    at ");
  });

  it(
    "serves the dashboard and its demos, and goes on by itself after all state but PostgreSQL is lost",
    TAKES,
    async () => {
      const first = await start();
      expect(await (await fetch(first.url)).text()).toContain("<title>");
      const client = new ApiClient(first.url, API_KEY);
      for (const name of DEMO_NAMES) {
        const { id } = await client.startRun(name, { slowMs: 10 }, randomUUID());
        await vi.waitFor(async () => expect((await client.readRun(id)).status).toBe("COMPLETED"), ENDED);
      }
      const waiting = await startRetrying(first);
      await first.stop();
      rmSync(stateDir, { recursive: true });
      await queue.redis?.flush();

      const second = await start();
      // PostgreSQL is asked, and not the API: a request would wake the shard.
      const sql = postgres(database.databaseUrl, { max: 1 });
      await vi.waitFor(async () => {
        const [row] = await sql`select status from runs where id = ${waiting}`;
        expect(row).toMatchObject({ status: "COMPLETED" });
      }, READY);
      await sql.end();
      await second.stop();
    },
  );
});

/** Gives the id of a run whose one step failed, and is due again after the next start. */
async function startRetrying({ url, demoUrl }: Running): Promise<string> {
  const api = new TestClient(url, API_KEY);
  await api.save({
    name: "waits",
    steps: [
      {
        id: "flaky",
        type: "http",
        with: { url: `${demoUrl}/status/503` },
        retry: { attempts: 2, delay: "5s", jitter: "none" },
        onError: "continue",
      },
    ],
  });
  const { id } = await api.start("waits");
  await vi.waitFor(async () => expect((await api.run(id)).status).toBe("RETRYING"), ENDED);
  return id;
}
