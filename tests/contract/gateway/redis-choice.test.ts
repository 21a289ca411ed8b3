import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { freePort } from "../../../scripts/stack/ports.ts";
import { openQueue } from "../../../scripts/stack/queue-access.ts";
import type { QueueAccess } from "../../../scripts/stack/queue-access.ts";
import { BACKEND_KINDS, openTestRedis } from "./backends.ts";

const MISSING_SERVER = BACKEND_KINDS.find((kind) => kind.choice === "server")?.missing ?? null;

describe("which Redis the local stack uses", () => {
  let dataDir: string;

  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), "baton-choice-"));
    for (const name of ["REDIS_URL", "UPSTASH_REDIS_REST_URL", "UPSTASH_REDIS_REST_TOKEN"]) {
      vi.stubEnv(name, undefined);
    }
  });

  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(dataDir, { recursive: true, force: true });
  });

  function open(): Promise<QueueAccess> {
    const events = { onRestarted: () => undefined, onGivenUp: () => undefined };
    return openQueue({ choice: "auto", dataDir, token: "token", events });
  }

  it("UPSTASH_REDIS_REST_URL comes first, and needs no gateway", async () => {
    vi.stubEnv("UPSTASH_REDIS_REST_URL", "https://queue.example.com");
    vi.stubEnv("UPSTASH_REDIS_REST_TOKEN", "secret");
    vi.stubEnv("REDIS_URL", "redis://127.0.0.1:1");
    const queue = await open();
    expect(queue).toMatchObject({ restUrl: "https://queue.example.com", restToken: "secret", redis: null });
    await queue.close();
  });

  it("UPSTASH_REDIS_REST_URL without its token is an error that names the token", async () => {
    vi.stubEnv("UPSTASH_REDIS_REST_URL", "https://queue.example.com");
    await expect(open()).rejects.toThrow("UPSTASH_REDIS_REST_TOKEN is not");
  });

  it.skipIf(MISSING_SERVER !== null)("REDIS_URL comes next, and its server is left running", async () => {
    const server = await openTestRedis("server");
    vi.stubEnv("REDIS_URL", server.redis.redisUrl ?? "");
    const queue = await open();
    expect(queue.redis?.redisUrl).toBe(server.redis.redisUrl);
    await queue.close();
    await expect(server.redis.backend().run(["PING"])).resolves.toEqual({ result: "PONG" });
    await server.close();
  });

  it("a REDIS_URL where nothing answers is an error that hides its password", async () => {
    vi.stubEnv("REDIS_URL", `redis://user:secret@127.0.0.1:${await freePort()}`);
    const failure = await open().catch(String);
    expect(failure).toContain("No Redis answers at REDIS_URL (redis://***@127.0.0.1:");
    expect(failure).not.toContain("secret");
  });

  it("without a redis-server on the PATH it is one in memory, which the description says", async () => {
    vi.stubEnv("PATH", dataDir);
    const queue = await open();
    expect(queue.redis?.redisUrl).toBeNull();
    expect(queue.description).toContain("in memory");
    await queue.close();
  });
});
