import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { readLocalFile } from "../../../scripts/stack/local-file.ts";
import { PROJECT_ROOT } from "../../../scripts/stack/project-root.ts";
import { startStack } from "../../../scripts/stack/stack.ts";
import type { Stack } from "../../../scripts/stack/stack.ts";
import { RawUpstream } from "../../stack/raw-upstream.ts";

const WAIT = { timeout: 30_000, interval: 20 };

describe("the local stack", () => {
  const dataDir = mkdtempSync(join(tmpdir(), "baton-stack-"));
  let called: RawUpstream;
  let stack: Stack;

  async function start(): Promise<Stack> {
    return startStack({
      dataDir,
      redis: "mock",
      workerVars: { EXTRA: "more", CALLED_URL: called.url },
      workerEntryPath: join(PROJECT_ROOT, "tests/contract/stack/fixture-worker.ts"),
      quiet: true,
    });
  }

  beforeAll(async () => {
    called = await RawUpstream.start((_request, line) =>
      line.send('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n"got"'),
    );
    stack = await start();
  });

  afterAll(async () => {
    await stack.stop();
    await called.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  async function get(path: string): Promise<unknown> {
    const response = await fetch(stack.info.url + path, { signal: AbortSignal.timeout(10_000) });
    return response.ok ? response.json() : response.status;
  }

  it("gives the Worker every binding of wrangler.toml, and the variables it was started with", async () => {
    await expect(get("/database")).resolves.toBe("baton");
    await expect(get("/consumer")).resolves.toBe("executed a step");
    await expect(get("/redis")).resolves.toBe(1);
    await expect(get("/extra")).resolves.toBe("more");
  });

  it("lets calls go straight to the network: a Worker on the way would keep what they leave", async () => {
    await expect(get("/call")).resolves.toBe('"got"');
    expect(called.requests).toMatchObject([{ method: "POST", body: Buffer.from("a body") }]);
    // Miniflare's Worker, which stands before the network, signs what passes it.
    expect(called.requests[0]?.head.toLowerCase()).not.toContain("cf-worker");
  });

  it("writes its addresses and process ids to local.json", () => {
    expect(readLocalFile(dataDir)).toEqual(stack.info);
    expect(stack.info.pids).toMatchObject({ stack: process.pid, workerd: expect.any(Number), redis: null });
  });

  it("brings a killed runtime back on the same port, with the storage of its Durable Objects", async () => {
    const before = await get("/count");
    const { workerd } = stack.info.pids;
    await stack.killWorker();
    expect(stack.info.pids.workerd).not.toBe(workerd);
    await expect(get("/count")).resolves.toBe(Number(before) + 1);
  });

  it("notices a runtime that was killed from outside, and says so in local.json", async () => {
    const killed = stack.info.pids.workerd ?? 0;
    process.kill(killed, "SIGKILL");
    await vi.waitFor(() => expect(readLocalFile(dataDir)?.pids.workerd).not.toBe(killed), WAIT);
    await expect(get("/database")).resolves.toBe("baton");
  });

  it("brings back a runtime that is killed again and again while it starts", async () => {
    const killed = new Set<number>();
    await vi.waitFor(() => {
      const { workerd } = stack.info.pids;
      if (workerd !== null && !killed.has(workerd)) {
        process.kill(workerd, "SIGKILL");
        killed.add(workerd);
      }
      expect(killed.size).toBe(5);
    }, WAIT);
    await vi.waitFor(async () => expect(await get("/database")).toBe("baton"), WAIT);
  });

  it("leaves a held runtime down until it is resumed, with its storage", async () => {
    const before = Number(await get("/count"));
    await stack.holdWorker();
    await expect(get("/count")).rejects.toThrow();
    expect(stack.info.pids.workerd).toBeNull();
    await stack.resumeWorker();
    await expect(get("/count")).resolves.toBe(before + 1);
  });

  it("brings a killed PostgreSQL back on the same port", async () => {
    const killed = stack.info.pids.postgres ?? 0;
    process.kill(killed, "SIGKILL");
    await vi.waitFor(() => expect(readLocalFile(dataDir)?.pids.postgres).not.toBe(killed), WAIT);
    await vi.waitFor(async () => expect(await get("/database")).toBe("baton"), WAIT);
  });

  it("survives a restart of PostgreSQL", async () => {
    await stack.restartPostgres();
    await vi.waitFor(async () => expect(await get("/database")).toBe("baton"), WAIT);
  });

  it("fires the cron of wrangler.toml", async () => {
    const before = Number(await get("/crons"));
    await stack.triggerScheduled();
    await expect(get("/crons")).resolves.toBe(before + 2);
  });

  it("refuses a second stack on its data", async () => {
    await expect(start()).rejects.toThrow("already runs with the data");
  });

  it("started again, it has its database, its keys and the port of its demo API still", async () => {
    const { apiKey, demoUrl, gatewayToken } = stack.info;
    const count = Number(await get("/count"));
    await stack.stop();
    expect(readLocalFile(dataDir)).toBeNull();
    stack = await start();
    expect(stack.info).toMatchObject({ apiKey, demoUrl, gatewayToken });
    await expect(get("/count")).resolves.toBe(count + 1);
  });
});
