import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { ApiClient } from "../../../scripts/demo/api-client.ts";
import { closeServer, listen } from "../../../scripts/stack/http-server.ts";
import { readLocalFile } from "../../../scripts/stack/local-file.ts";
import type { LocalFile } from "../../../scripts/stack/local-file.ts";
import { isRunning } from "../../../scripts/stack/processes.ts";
import { PROJECT_ROOT } from "../../../scripts/stack/project-root.ts";

const LEASE_MS = "2000";
/** The steps that were interrupted go on once their leases have ended. */
const LEASE_END = { timeout: 80_000, interval: 200 };
const WAIT = { timeout: 25_000, interval: 50 };

interface Spawned {
  readonly child: ChildProcess;
  readonly exited: Promise<number | null>;
  output(): string;
}

interface Started extends Spawned {
  readonly info: LocalFile;
}

describe("npm start", () => {
  const dataDir = mkdtempSync(join(tmpdir(), "baton-start-"));
  let child: ChildProcess | null = null;

  afterEach(() => {
    child?.kill("SIGTERM");
  });

  afterAll(() => {
    rmSync(dataDir, { recursive: true, force: true });
  });

  function spawnStart(env: Record<string, string>): Spawned {
    const started = spawn(process.execPath, [join(PROJECT_ROOT, "scripts", "start.mjs")], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: process.env["PATH"], HOME: tmpdir(), BATON_DATA_DIR: dataDir, LEASE_MS, ...env },
    });
    child = started;
    let output = "";
    for (const stream of [started.stdout, started.stderr]) {
      stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
    }
    const exited = new Promise<number | null>((resolve) => started.once("exit", resolve));
    return { child: started, exited, output: () => output };
  }

  async function start(env: Record<string, string>): Promise<Started> {
    const spawned = spawnStart(env);
    await vi.waitFor(() => expect(spawned.output()).toContain("Ctrl-C stops it"), WAIT);
    const info = readLocalFile(dataDir);
    if (info === null) {
      throw new Error("there is no local.json");
    }
    return { ...spawned, info };
  }

  it("ends at once when the Worker refuses a variable, and says which", async () => {
    const { exited, output } = spawnStart({ PORT: "20000", LEASE_MS: "10" });
    await expect(exited).resolves.toBe(3);
    expect(output()).toMatch(/^The Worker did not start: .*LEASE_MS must be a whole number from 500 to 900000\.$/mu);
    expect(output()).not.toContain('{"');
  });

  it("takes the next free port when the wanted one is taken, and says so", async () => {
    const server = createServer();
    const taken = await listen(server, 0);
    const { child: started, exited, info, output } = await start({ PORT: String(taken) });
    await closeServer(server);
    expect(output()).toContain(`Port ${taken} is taken`);
    expect(output()).toContain(`Dashboard  ${info.url}/`);
    expect(output()).toContain(`API key    ${info.apiKey}`);
    started.kill("SIGTERM");
    await expect(exited).resolves.toBe(0);
  });

  it("stops everything on Ctrl-C, also when it arrives twice", async () => {
    const { child: started, exited, info } = await start({ PORT: "20000" });
    started.kill("SIGINT");
    process.kill(info.pids.stack, "SIGINT");
    await expect(exited).resolves.toBe(0);
    for (const pid of Object.values(info.pids)) {
      expect(pid !== null && isRunning(pid, "")).toBe(false);
    }
    expect(readLocalFile(dataDir)).toBeNull();
  });

  it("goes on with unfinished runs after it was killed, in spite of the servers left behind", LEASE_END, async () => {
    const first = await start({ PORT: "20000", DEMO_UPSTREAM: "mock" });
    const { url, apiKey } = first.info;
    const run = await new ApiClient(url, apiKey).startRun("multi-step", { slowMs: 1_000 }, randomUUID());
    process.kill(first.info.pids.stack, "SIGKILL");
    await first.exited;
    const second = await start({ PORT: "20000" });
    const client = new ApiClient(second.info.url, second.info.apiKey);
    await vi.waitFor(async () => expect((await client.readRun(run.id)).status).toBe("COMPLETED"), LEASE_END);
    second.child.kill("SIGTERM");
    await expect(second.exited).resolves.toBe(0);
  });
});
