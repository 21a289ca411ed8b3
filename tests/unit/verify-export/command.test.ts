import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { PROJECT_ROOT } from "../../../scripts/stack/project-root.ts";

const EXIT_BROKEN = 1;
const EXIT_USAGE = 2;
const TAKES = { timeout: 15_000 };

const folder = mkdtempSync(join(tmpdir(), "baton-export-"));

afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const REFUSAL = JSON.stringify({ status: 401, code: "unauthorized", detail: "send an API key" });

describe("npm run verify-export", () => {
  it.each([
    ["no argument", [], EXIT_USAGE, "usage: npm run verify-export -- FILE"],
    ["two files", ["a", "b"], EXIT_USAGE, "usage: npm run verify-export -- FILE"],
    ["a file that is not there", [join(folder, "none")], EXIT_USAGE, "cannot be checked: there is no such file."],
    ["a path below a file", [join(fileOf("file", "x"), "none")], EXIT_USAGE, "cannot be checked: ENOTDIR"],
    ["a folder", [folder], EXIT_USAGE, "cannot be checked: it is a folder."],
    ["an empty file", [fileOf("empty", "")], EXIT_BROKEN, "the file is empty"],
    ["a binary file", [fileOf("binary", Buffer.from([0, 255, 10, 254]))], EXIT_BROKEN, "is not the head of an export"],
    ["a refusal of the API", [fileOf("refusal", REFUSAL)], EXIT_BROKEN, "a refusal of the API: send an API key"],
  ])("says what is wrong with %s, in a line and without a stack trace", TAKES, (_name, args, status, message) => {
    const command = [join(PROJECT_ROOT, "scripts", "verify-export.ts"), ...args];
    const ended = spawnSync(process.execPath, command, { encoding: "utf8" });
    expect(ended.stderr).toContain(message);
    expect(ended.stderr).not.toContain("    at ");
    expect(ended.status).toBe(status);
  });
});
