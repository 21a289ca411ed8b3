import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { type CommandEnd, runCommand } from "../../../scripts/check/run-command.ts";

const logPath = join(mkdtempSync(join(tmpdir(), "baton-run-command-")), "command.log");

// A server that says when it is up and when it is asked to end; the command goes on once the server is up.
const START_SERVER = `
  (trap 'echo ended; exit' TERM; echo up; while :; do sleep 0.02; done) &
  until grep -q up "$LOG"; do sleep 0.02; done
`;

function run(line: string, timeoutMs: number): Promise<CommandEnd> {
  return runCommand({ line, cwd: tmpdir(), env: { ...process.env, LOG: logPath }, logPath, timeoutMs });
}

function logged(): string {
  return readFileSync(logPath, "utf8");
}

describe("a command", () => {
  it("ends with its own exit code, and its output is in the log", async () => {
    expect(await run("echo out; echo err >&2; exit 7", 4_000)).toEqual({ kind: "exited", exitCode: 7 });
    expect(logged()).toBe("out\nerr\n");
  });

  it("that cannot be started fails instead of hanging", async () => {
    expect(await run("/no/such/program", 4_000)).toEqual({ kind: "exited", exitCode: 127 });
  });

  it("leaves no server behind when it ends", async () => {
    expect(await run(START_SERVER, 4_000)).toEqual({ kind: "exited", exitCode: 0 });
    await vi.waitUntil(() => logged().includes("ended"), { timeout: 4_000 });
  });

  it("that takes too long is ended, and the servers that it started too", async () => {
    expect(await run(`${START_SERVER} wait`, 500)).toEqual({ kind: "timed_out" });
    await vi.waitUntil(() => logged().includes("ended"), { timeout: 4_000 });
  });
});
