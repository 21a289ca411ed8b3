import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { writeLocalFile } from "../../scripts/stack/local-file.ts";
import { PROJECT_ROOT } from "../../scripts/stack/project-root.ts";
import { ApiClient } from "../stack/api-client.ts";
import { useStack } from "../stack/test-stack.ts";

const run = promisify(execFile);
const stack = useStack();
const folder = mkdtempSync(join(tmpdir(), "baton-export-"));

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const failure = z.object({ code: z.number(), stdout: z.string(), stderr: z.string() });

/** Runs a script of the project, against the stack when nothing else is said. */
async function runScript(
  command: string,
  args: readonly string[],
  vars: Readonly<Record<string, string>> = variables(),
): Promise<Ended> {
  const env = { ...process.env, ...vars };
  try {
    return { code: 0, ...(await run(command, [...args], { cwd: PROJECT_ROOT, env, timeout: 25_000 })) };
  } catch (error) {
    return failure.parse(error);
  }
}

function variables(): Readonly<Record<string, string>> {
  const { url, apiKey } = stack.stack.info;
  return { BATON_URL: url, BATON_API_KEY: apiKey };
}

describe("the walk with curl alone", () => {
  it("saves, starts, watches, asks why, repairs, retries and verifies, on the Baton that runs here", async () => {
    writeLocalFile(folder, stack.stack.info);
    const { code, stdout, stderr } = await runScript("sh", ["examples/walk.sh"], { BATON_DATA_DIR: folder });
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(stdout).toMatch(/1 RUN_CREATED/);
    expect(stdout).toMatch(/Step call is tried again at .* \(attempt 2 of 2\)/);
    expect(stdout).toMatch(/The run failed: step call: .*503.*retry/);
    expect(stdout).toMatch(/output: 200/);
    expect(stdout).toMatch(/"ok":true/);
  });
});

describe("the walk without what it needs", () => {
  it.each([
    ["no Baton here", { BATON_DATA_DIR: "/nowhere" }, "No Baton runs here: start one with npm start"],
    ["a Baton without a key", { BATON_URL: "http://127.0.0.1:1" }, "BATON_API_KEY: set it to an API key"],
    ["nothing to call", { BATON_URL: "http://127.0.0.1:1", BATON_API_KEY: "key" }, "TARGET_URL: set it to an API"],
    [
      "a Baton that is away",
      { BATON_URL: "http://127.0.0.1:1", BATON_API_KEY: "key", TARGET_URL: "http://127.0.0.1:2" },
      "No Baton answers at http://127.0.0.1:1.",
    ],
  ])("says what to do: %s", async (_name, vars, message) => {
    const ended = await runScript("sh", ["examples/walk.sh"], vars);
    expect(ended.stderr).toContain(message);
    expect(ended.code).not.toBe(0);
  });

  it("shows what the API says when it refuses the key", async () => {
    const { url, demoUrl } = stack.stack.info;
    const vars = { BATON_URL: url, BATON_API_KEY: "wrong", TARGET_URL: demoUrl };
    const { code, stdout } = await runScript("sh", ["examples/walk.sh"], vars);
    expect(stdout).toContain('"code":"unauthorized"');
    expect(code).not.toBe(0);
  });
});

describe("npm run keys", () => {
  it("makes a key that works, lists it without its secret, and revokes it", async () => {
    const { stdout: key } = await runScript("node", ["scripts/keys.ts", "create", "from-script", "viewer"]);
    expect((await new ApiClient(stack.stack.info.url, key.trim()).call("GET", "/api/runs")).status).toBe(200);
    const { stdout: listed } = await runScript("node", ["scripts/keys.ts", "list"]);
    expect(listed).toMatch(/^from-script +baton_.{4}… +viewer +last used 20/m);
    expect(listed).not.toContain(key.trim());
    expect((await runScript("node", ["scripts/keys.ts", "revoke", "from-script"])).code).toBe(0);
    expect((await runScript("node", ["scripts/keys.ts", "revoke", "nobody"])).code).toBe(1);
  });

  it("explains itself when it is not understood", async () => {
    expect(await runScript("node", ["scripts/keys.ts", "make"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("usage"),
    });
  });
});

describe("npm run verify-export", () => {
  it("confirms an export and names the event that was changed", async () => {
    await stack.api.save({ name: "logged", steps: [{ id: "one", type: "transform", with: 1 }] });
    const { id } = await stack.api.runToEnd("logged");
    const text = z.string().parse((await stack.api.call("GET", `/api/runs/${id}/export`)).body);
    const path = join(folder, "log.ndjson");
    writeFileSync(path, text);
    expect(await runScript("node", ["scripts/verify-export.ts", path])).toMatchObject({ code: 0 });
    writeFileSync(path, text.replace('"actor":"key:bootstrap"', '"actor":"key:mallory"'));
    expect(await runScript("node", ["scripts/verify-export.ts", path])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("event 1"),
    });
  });
});
