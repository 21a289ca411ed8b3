import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadKeys, readLocalFile, writeLocalFile } from "../../../scripts/stack/local-file.ts";
import type { LocalFile } from "../../../scripts/stack/local-file.ts";
import { lockDataDir } from "../../../scripts/stack/lock.ts";
import { runsStack } from "../../../scripts/stack/orphans.ts";

const NO_SUCH_PROCESS = 2 ** 22 + 1;

describe("the files of a data folder", () => {
  let dataDir: string;

  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), "baton-files-"));
  });

  afterEach(() => {
    rmSync(dataDir, { recursive: true, force: true });
  });

  it("keys are made once and stay", () => {
    const keys = loadKeys(dataDir);
    expect(keys.apiKey).toMatch(/^baton_.{32}$/);
    expect(loadKeys(dataDir)).toEqual(keys);
  });

  it("a data folder of an earlier release gets the key that it lacks, and keeps the others", () => {
    const { signingKey, ...earlier } = loadKeys(dataDir);
    writeFileSync(join(dataDir, "keys.json"), JSON.stringify(earlier));
    const completed = loadKeys(dataDir);
    expect(completed).toEqual({ ...earlier, signingKey: expect.stringMatching(/^.{43}$/) });
    expect(completed.signingKey).not.toBe(signingKey);
    expect(loadKeys(dataDir)).toEqual(completed);
  });

  it("keys are for their owner alone to read", () => {
    loadKeys(dataDir);
    writeLocalFile(dataDir, localFile(1));
    for (const name of ["keys.json", "local.json"]) {
      expect(statSync(join(dataDir, name)).mode & 0o077).toBe(0);
    }
  });

  it("damaged keys are an error: new ones would lock the old data away", () => {
    writeFileSync(join(dataDir, "keys.json"), "{");
    expect(() => loadKeys(dataDir)).toThrow("keys.json is damaged");
  });

  it("local.json reads back as written, and as null when it is missing or damaged", () => {
    expect(readLocalFile(dataDir)).toBeNull();
    writeLocalFile(dataDir, localFile(5));
    expect(readLocalFile(dataDir)).toEqual(localFile(5));
    writeFileSync(join(dataDir, "local.json"), '{"url":1}');
    expect(readLocalFile(dataDir)).toBeNull();
  });

  it("a second stack on the same data is refused while the first runs, and only then", () => {
    const unlock = lockDataDir(dataDir);
    expect(() => lockDataDir(dataDir)).toThrow(/already runs .* BATON_DATA_DIR/);
    unlock();
    const unlockAgain = lockDataDir(dataDir);
    unlockAgain();
    writeFileSync(join(dataDir, "stack.pid"), `${NO_SUCH_PROCESS}\n`);
    expect(() => lockDataDir(dataDir)).not.toThrow();
  });

  it("local.json of a stack that is gone is not taken for one that runs", () => {
    expect(runsStack(localFile(process.pid))).toBe(true);
    expect(runsStack(localFile(NO_SUCH_PROCESS))).toBe(false);
  });
});

function localFile(stackPid: number): LocalFile {
  return {
    url: "http://127.0.0.1:1",
    apiKey: "key",
    databaseUrl: "postgresql://127.0.0.1:2/baton",
    redisUrl: null,
    gatewayUrl: "http://127.0.0.1:3",
    gatewayToken: "token",
    demoUrl: "http://127.0.0.1:4",
    pids: { stack: stackPid, workerd: null, postgres: null, redis: null },
  };
}
