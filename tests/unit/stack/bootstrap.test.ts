import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PROJECT_ROOT } from "../../../scripts/stack/project-root.ts";

const ENGINE = "npm warn EBADENGINE   required: { node: '>=22' },";
const DEPRECATED = "npm warn deprecated left-pad@1.0.0: use String.prototype.padStart()";

/** Says that it runs on another Node than it does, and installs. */
const PROGRAM = `
  Object.defineProperty(process, "versions", { value: { ...process.versions, node: process.argv[2] } });
  const { ensureInstalled } = await import(process.argv[1]);
  await ensureInstalled();
`;

describe("the installation on first use", () => {
  let folder: string;

  // A project whose npm only says what npm would.
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "baton-bootstrap-"));
    for (const name of ["scripts", "bin"]) {
      mkdirSync(join(folder, name));
    }
    copyFileSync(join(PROJECT_ROOT, "scripts", "bootstrap.mjs"), join(folder, "scripts", "bootstrap.mjs"));
    writeFileSync(join(folder, "package-lock.json"), "{}");
    writeFileSync(join(folder, "bin", "npm"), `#!/bin/sh\necho "${ENGINE}" >&2\necho "${DEPRECATED}" >&2\nexit 7\n`, {
      mode: 0o755,
    });
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  function install(nodeVersion: string): SpawnSyncReturns<string> {
    const args = ["--input-type=module", "--eval", PROGRAM, join(folder, "scripts", "bootstrap.mjs"), nodeVersion];
    const path = [join(folder, "bin"), dirname(process.execPath), "/usr/bin", "/bin"].join(delimiter);
    return spawnSync(process.execPath, args, { encoding: "utf8", env: { PATH: path } });
  }

  it("leaves out what npm says of an old Node that runs nothing but npm, and shows all else", () => {
    const { stderr, status } = install("20.20.2");
    expect(stderr).not.toContain("EBADENGINE");
    expect(stderr).toContain(DEPRECATED);
    expect(stderr).toContain("npm ci failed (exit code 7)");
    expect(status).toBe(3);
  });

  it("shows it on the Node that the packages run on", () => {
    expect(install("24.21.0").stderr).toContain(ENGINE);
  });
});
