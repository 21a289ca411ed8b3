import { mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { restoreSymlinks } from "../../../scripts/stack/postgres-files.ts";

describe("the embedded PostgreSQL's libraries", () => {
  let packageDir: string;
  let native: string;

  beforeEach(() => {
    packageDir = mkdtempSync(join(tmpdir(), "baton-native-"));
    native = join(packageDir, "native");
    mkdirSync(join(native, "lib"), { recursive: true });
    writeFileSync(join(native, "lib", "libpq.so.5.18"), "library");
  });

  afterEach(() => {
    rmSync(packageDir, { recursive: true, force: true });
  });

  function listLinks(links: readonly { source: string; target: string }[]): void {
    writeFileSync(join(native, "pg-symlinks.json"), JSON.stringify(links));
  }

  it("get the links that an install without scripts leaves out", () => {
    listLinks([{ source: "native/lib/libpq.so.5.18", target: "native/lib/libpq.so.5" }]);
    restoreSymlinks(native);
    restoreSymlinks(native);
    expect(readFileSync(join(native, "lib", "libpq.so.5"), "utf8")).toBe("library");
    expect(readlinkSync(join(native, "lib", "libpq.so.5"))).toBe("libpq.so.5.18");
  });

  it("keep what is there, and need no list of links", () => {
    writeFileSync(join(native, "lib", "libpq.so"), "another");
    restoreSymlinks(native);
    listLinks([{ source: "native/lib/libpq.so.5.18", target: "native/lib/libpq.so" }]);
    restoreSymlinks(native);
    expect(readFileSync(join(native, "lib", "libpq.so"), "utf8")).toBe("another");
  });
});
