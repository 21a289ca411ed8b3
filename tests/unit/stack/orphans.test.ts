import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { endOrphanedPostgres } from "../../../scripts/stack/orphans.ts";
import { preparePostgres } from "../../../scripts/stack/postgres.ts";

describe("data of a PostgreSQL that ran before", () => {
  let dataDir: string;
  let clusterDir: string;

  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), "baton-orphans-"));
    clusterDir = join(dataDir, "postgres");
    mkdirSync(clusterDir);
  });

  afterEach(() => {
    rmSync(dataDir, { recursive: true, force: true });
  });

  it("is free of the pid file of a server that is gone, although another process has its id now", async () => {
    const path = join(clusterDir, "postmaster.pid");
    writeFileSync(path, `${process.pid}\n${clusterDir}\n`);
    await endOrphanedPostgres(clusterDir);
    expect(existsSync(path)).toBe(false);
  });

  it("is refused with both versions and the fix when it is that of another version", async () => {
    writeFileSync(join(clusterDir, "PG_VERSION"), "15\n");
    await expect(preparePostgres({ dataDir, password: "secret" })).rejects.toThrow(
      /is that of PostgreSQL 15, and this is PostgreSQL \d+\. Dump it .* or run a PostgreSQL 15 .* DATABASE_URL/u,
    );
  });
});
