import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startServer } from "../../../scripts/stack/server-process.ts";
import type { ServerProcess } from "../../../scripts/stack/server-process.ts";
import { SupervisedServer } from "../../../scripts/stack/supervisor.ts";

const READY_AND_STAY = 'console.log("ready"); setInterval(() => undefined, 1000)';

describe("a supervised server", () => {
  let dataDir: string;
  const onRestarted = vi.fn<(message: string) => void>();
  const onGivenUp = vi.fn<(message: string) => void>();

  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), "baton-supervisor-"));
    onRestarted.mockReset();
    onGivenUp.mockReset();
  });

  afterEach(() => {
    rmSync(dataDir, { recursive: true, force: true });
  });

  function run(program: string, readyTimeoutMs = 4_000): Promise<ServerProcess> {
    return startServer({
      name: "Testserver",
      command: process.execPath,
      args: ["-e", program],
      logPath: join(dataDir, "server.log"),
      readyPattern: /ready/,
      readyTimeoutMs,
      stopSignal: "SIGTERM",
    });
  }

  function supervise(program: string): SupervisedServer {
    return new SupervisedServer({ name: "Testserver", start: () => run(program), onRestarted, onGivenUp });
  }

  it("is started again when it is killed from outside", async () => {
    const server = supervise(READY_AND_STAY);
    await server.start();
    const first = server.pid ?? 0;
    process.kill(first, "SIGKILL");
    await vi.waitFor(
      () => expect(onRestarted).toHaveBeenCalledWith("Testserver was ended by SIGKILL; started again"),
      4_000,
    );
    expect(server.pid).not.toBe(first);
    await server.stop();
    expect(server.pid).toBeNull();
  });

  it("stays down after stop and comes back with start", async () => {
    const server = supervise(READY_AND_STAY);
    await server.start();
    await server.stop();
    expect(server.pid).toBeNull();
    await server.start();
    expect(server.pid).not.toBeNull();
    await server.kill();
    expect(onRestarted).not.toHaveBeenCalled();
  });

  it("is given up when it dies again and again right after its start", async () => {
    const server = supervise('console.log("ready"); setTimeout(() => process.exit(7), 5)');
    await server.start();
    await vi.waitFor(() => expect(onGivenUp).toHaveBeenCalledTimes(1), 4_500);
    expect(onGivenUp).toHaveBeenCalledWith(expect.stringContaining("ended with exit code 7, again and again"));
    expect(server.pid).toBeNull();
  });

  it("that is killed while it starts the first time is started again", async () => {
    let starts = 0;
    const server = new SupervisedServer({
      name: "Testserver",
      start: () => run((starts += 1) === 1 ? 'process.kill(process.pid, "SIGKILL")' : READY_AND_STAY),
      onRestarted,
      onGivenUp,
    });
    await server.start();
    expect(starts).toBe(2);
    await server.stop();
  });

  it("that does not start is given up after three tries, with the end of its log", async () => {
    let starts = 0;
    const server = new SupervisedServer({
      name: "Testserver",
      start: () => run(`console.error("try ${(starts += 1)}: the disk is full"); process.exit(1)`),
      onRestarted,
      onGivenUp,
    });
    await expect(server.start()).rejects.toThrow(/Testserver ended with exit code 1\..*try 3: the disk is full/su);
  });

  it("that does not start says how it ended and what it printed", async () => {
    await expect(run('console.error("the disk is full"); process.exit(1)')).rejects.toThrow(
      /Testserver ended with exit code 1\..*the disk is full/su,
    );
  });

  it("that is not ready in time is an error, and does not stay", async () => {
    await expect(run("setInterval(() => undefined, 1000)", 50)).rejects.toThrow("was not ready within 50 ms");
  });

  it("that does not exist is an error", async () => {
    const start = startServer({
      name: "Testserver",
      command: join(dataDir, "none"),
      args: [],
      logPath: join(dataDir, "server.log"),
      readyPattern: /ready/,
      readyTimeoutMs: 1_000,
      stopSignal: "SIGTERM",
    });
    await expect(start).rejects.toThrow("Testserver could not be started");
  });
});
