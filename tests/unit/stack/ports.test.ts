import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { closeServer, listen } from "../../../scripts/stack/http-server.ts";
import { freePort, nextFreePort, rememberedPort } from "../../../scripts/stack/ports.ts";

describe("ports", () => {
  let dataDir: string;

  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), "baton-ports-"));
  });

  afterEach(() => {
    rmSync(dataDir, { recursive: true, force: true });
  });

  it("a wanted port that is taken gives a higher one", async () => {
    const server = createServer();
    const taken = await listen(server, 0);
    expect(await nextFreePort(taken)).toBeGreaterThan(taken);
    await closeServer(server);
  });

  it("a wanted port that is free is taken", async () => {
    const port = await freePort();
    await expect(nextFreePort(port)).resolves.toBe(port);
  });

  it("a remembered port stays the same from start to start, unless it is taken", async () => {
    const first = await rememberedPort(dataDir, "demo", null);
    await expect(rememberedPort(dataDir, "demo", 1024)).resolves.toBe(first);
    const server = createServer();
    await listen(server, first);
    await expect(rememberedPort(dataDir, "demo", null)).resolves.not.toBe(first);
    await closeServer(server);
  });
});
