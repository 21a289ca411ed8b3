import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../../../scripts/stack/ports.ts";
import { PROJECT_ROOT } from "../../../scripts/stack/project-root.ts";
import { seedDemoWorkflows } from "../../../scripts/stack/seed.ts";
import { startStack } from "../../../scripts/stack/stack.ts";
import type { Stack } from "../../../scripts/stack/stack.ts";

interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The step that was interrupted goes on once its lease has ended. */
const LEASE_END = { timeout: 80_000 };

describe("demo.sh", () => {
  const dataDir = mkdtempSync(join(tmpdir(), "baton-demo-"));
  const emptyDir = mkdtempSync(join(tmpdir(), "baton-demo-"));
  let stack: Stack;

  beforeAll(async () => {
    stack = await startStack({ dataDir, quiet: true, workerVars: { LEASE_MS: "2000" } });
    await seedDemoWorkflows({ ...stack.info, upstream: "mock" });
  });

  afterAll(async () => {
    await stack.stop();
    for (const folder of [dataDir, emptyDir]) {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  /** Runs the demo in a pipe; `interruptAt` sends SIGINT once stdout has this text. */
  function demo(args: readonly string[], env: Record<string, string> = {}, interruptAt?: string): Promise<Ended> {
    const child = spawn(join(PROJECT_ROOT, "demo.sh"), args, {
      stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: process.env["PATH"], HOME: tmpdir(), LANG: "C.UTF-8", BATON_DATA_DIR: dataDir, ...env },
    });
    let stdout = "";
    let stderr = "";
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    child.stdout.on("data", (chunk: Buffer) => {
      const wasSeen = interruptAt !== undefined && stdout.includes(interruptAt);
      stdout += chunk.toString();
      if (interruptAt !== undefined && !wasSeen && stdout.includes(interruptAt)) {
        child.kill("SIGINT");
      }
    });
    return new Promise((resolve) => child.once("close", (exitCode) => resolve({ exitCode, stdout, stderr })));
  }

  it("runs the demos on the Baton that runs already, and ends with the count", async () => {
    const { exitCode, stdout } = await demo(["--only", "joke,user,cat,todo,multi"]);
    expect(lastLine(stdout)).toBe("5 passed, 0 failed");
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/\d\d:\d\d:\d\d\.\d{3} STEP_RETRYING flaky in 400 ms/u);
    expect(stdout).not.toContain("\u001B");
  });

  it("kills the runtime in the middle of a run and sees it go on; starts one run twice", LEASE_END, async () => {
    const { exitCode, stdout } = await demo(["--chaos"]);
    expect(lastLine(stdout)).toBe("2 passed, 0 failed");
    expect(exitCode).toBe(0);
    expect(stdout).toContain("Worker runtime killed (SIGKILL)");
    expect(stdout).toContain("STEP_STARTED slow attempt 2");
  });

  it("--json prints one object per line, and what is for people goes to stderr", async () => {
    const { exitCode, stdout, stderr } = await demo(["--only", "joke", "--json"]);
    expect(exitCode).toBe(0);
    const kinds = stdout
      .trimEnd()
      .split("\n")
      .map((line): unknown => JSON.parse(line).kind);
    expect(kinds.at(0)).toBe("begin");
    expect(kinds.at(-1)).toBe("summary");
    expect(new Set(kinds)).toEqual(new Set(["begin", "event", "result", "summary"]));
    expect(lastLine(stderr)).toBe("1 passed, 0 failed");
  });

  it("-q prints the last line alone", async () => {
    const { stdout } = await demo(["-q", "--only", "cat"]);
    expect(stdout).toBe("1 passed, 0 failed\n");
  });

  it("uses ASCII where the locale is not UTF-8", async () => {
    const { stdout } = await demo(["--only", "cat"], { LANG: "C" });
    expect(stdout).toContain("[ok] COMPLETED in");
    // oxlint-disable-next-line no-control-regex -- the range is the one of ASCII
    expect(stdout).toMatch(/^[\x00-\x7F]*$/u);
  });

  it("a demo that ends wrongly is counted as failed, with its reason and exit code 1", async () => {
    const { url, apiKey, demoUrl } = stack.info;
    const recipe = { name: "cat", steps: [{ id: "fetch", type: "http", with: { url: `${demoUrl}/status/404` } }] };
    const headers = { authorization: `Bearer ${apiKey}`, "content-type": "application/json" };
    const saved = await fetch(`${url}/api/workflows`, { method: "POST", headers, body: JSON.stringify(recipe) });
    expect(saved.status).toBe(201);
    const { exitCode, stdout } = await demo(["--only", "cat"]);
    await seedDemoWorkflows({ ...stack.info, upstream: "mock" });
    expect(stdout).toMatch(/✕ cat: FAILED at step fetch \(attempt 1\/\d+\): .* answered 404/u);
    expect(stdout).toContain(`see ${url}/#/runs/`);
    expect(lastLine(stdout)).toBe("0 passed, 1 failed");
    expect(exitCode).toBe(1);
  });

  it("works with any Baton whose address and key it is given, and leaves the kill out", async () => {
    const { url, apiKey } = stack.info;
    const { exitCode, stdout } = await demo(["--api", url], { BATON_API_KEY: apiKey, BATON_DATA_DIR: emptyDir });
    expect(stdout).toContain("The kill is left out");
    expect(lastLine(stdout)).toBe("6 passed, 0 failed");
    expect(exitCode).toBe(0);
  });

  it("interrupted, it says where the run goes on and exits with 130", async () => {
    const { exitCode, stderr } = await demo(["--only", "multi"], {}, "STEP_STARTED flaky");
    expect(stderr).toContain(`Interrupted. Open runs go on at ${stack.info.url}/#/runs.`);
    expect(exitCode).toBe(130);
  });

  it("wrong usage is exit code 2, a Baton that is not there exit code 3, each with the fix", async () => {
    const wrong = await demo(["--only", "dog"]);
    expect(wrong).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("./demo.sh -h lists the options") });
    const missing = await demo(["--no-start"], { BATON_DATA_DIR: emptyDir });
    expect(missing).toMatchObject({ exitCode: 3, stderr: expect.stringContaining("start one with npm start") });
    const help = await demo(["-h"]);
    expect(help).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("Usage: ./demo.sh") });
  });

  it("given a Baton that cannot be used, it says why at once, with the fix and exit code 3", async () => {
    const { url, gatewayUrl } = stack.info;
    const nobody = `http://127.0.0.1:${await freePort()}`;
    const away = await demo(["--api", nobody], { BATON_API_KEY: "x" });
    expect(away).toMatchObject({ exitCode: 3, stderr: expect.stringContaining(`No Baton answers at ${nobody}`) });
    const other = await demo(["--api", gatewayUrl], { BATON_API_KEY: "x" });
    expect(other).toMatchObject({ exitCode: 3, stderr: expect.stringContaining("is no Baton") });
    const keyless = await demo(["--api", url]);
    expect(keyless).toMatchObject({ exitCode: 3, stderr: expect.stringContaining("BATON_API_KEY is not set") });
    const refused = await demo(["--api", url], { BATON_API_KEY: "wrong" });
    expect(refused).toMatchObject({ exitCode: 3, stderr: expect.stringContaining("refuses BATON_API_KEY: ") });
    expect(refused.stderr).not.toContain("{");
  });

  it("saves the demo workflows for DEMO_UPSTREAM on the Baton that runs already, and closes with its key", async () => {
    const { url, apiKey } = stack.info;
    const { stdout } = await demo(["--only", "joke"], { DEMO_UPSTREAM: "mock" });
    expect(stdout).toContain("Saving the demo workflows for DEMO_UPSTREAM=mock.");
    expect(stdout).toContain(`The dashboard: ${url}/#key=${apiKey}\n`);
    const wrong = await demo(["--only", "joke"], { DEMO_UPSTREAM: "real" });
    expect(wrong).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('DEMO_UPSTREAM is "real"') });
  });

  it("starts a Baton of its own where none runs, past a port that is taken, and stops it", async () => {
    const { port } = new URL(stack.info.url);
    const { exitCode, stdout } = await demo(["--only", "joke"], { BATON_DATA_DIR: emptyDir, PORT: port });
    expect(lastLine(stdout)).toBe("1 passed, 0 failed");
    expect(exitCode).toBe(0);
    const after = await demo(["--no-start"], { BATON_DATA_DIR: emptyDir });
    expect(after.exitCode).toBe(3);
  });

  it("a Baton that cannot start is exit code 3, with the end of its log", async () => {
    const { exitCode, stderr } = await demo([], { BATON_DATA_DIR: emptyDir, PORT: "none" });
    expect(stderr).toMatch(/Baton did not start\. The end of .*stack\.log:\nPORT is "none"/su);
    expect(exitCode).toBe(3);
  });
});

function lastLine(text: string): string | undefined {
  return text.trimEnd().split("\n").at(-1);
}
