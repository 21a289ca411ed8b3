import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lockDataDir } from "../../../scripts/stack/lock.ts";

const STARTS = 4;
const TAKES = { timeout: 20_000 };

/** Takes the lock, says how that went, and stays until its input ends. */
const PROGRAM = `
  const { lockDataDir } = await import(process.argv[1]);
  try {
    lockDataDir(process.argv[2]);
    console.log("has it");
  } catch (error) {
    console.log(error.message);
  }
  process.stdin.resume();
`;

describe("the lock on a data folder", () => {
  let dataDir: string;
  let children: readonly ChildProcess[] = [];

  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), "baton-lock-"));
  });

  afterEach(() => {
    children.forEach((child) => child.kill("SIGKILL"));
    rmSync(dataDir, { recursive: true, force: true });
  });

  it("goes to one of several that start at the same time", TAKES, async () => {
    const lockPath = join(import.meta.dirname, "../../../scripts/stack/lock.ts");
    children = Array.from({ length: STARTS }, () =>
      spawn(process.execPath, ["--input-type=module", "--eval", PROGRAM, lockPath, dataDir]),
    );
    const answers = await Promise.all(children.map(firstOutput));
    expect(answers.filter((answer) => answer.startsWith("has it"))).toHaveLength(1);
    expect(answers.filter((answer) => answer.startsWith("Baton already runs"))).toHaveLength(STARTS - 1);
  });

  it("is taken from a process that is gone, although another one has its id now", () => {
    writeFileSync(join(dataDir, "stack.pid"), `${process.pid} 1\n`);
    const unlock = lockDataDir(dataDir);
    expect(readFileSync(join(dataDir, "stack.pid"), "utf8")).not.toBe(`${process.pid} 1\n`);
    expect(() => lockDataDir(dataDir)).toThrow(`already runs with the data in ${dataDir}`);
    unlock();
    lockDataDir(dataDir)();
  });
});

function firstOutput(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.stdout?.once("data", (chunk: Buffer) => resolve(chunk.toString()));
    child.once("exit", (code) => resolve(`ended with ${code}`));
  });
}
