import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onPath } from "../../../scripts/stack/on-path.ts";
import { openRedis } from "../../../scripts/stack/redis.ts";
import type { LocalRedis } from "../../../scripts/stack/redis.ts";

/** A kind of Redis that the gateway must behave the same over. */
export interface BackendKind {
  readonly name: string;
  readonly choice: "server" | "mock";
  /** Why its tests are left out here, or null. */
  readonly missing: string | null;
}

/** Every kind of Redis behind the gateway. */
export const BACKEND_KINDS: readonly BackendKind[] = [
  {
    name: "a Redis server",
    choice: "server",
    missing: onPath("redis-server") === null ? "no redis-server on the PATH; install one, apt-get install redis" : null,
  },
  { name: "the Redis in memory", choice: "mock", missing: null },
];

/** A Redis for one test file. */
export interface TestRedis {
  readonly redis: LocalRedis;
  close(): Promise<void>;
}

/**
 * Opens a Redis with a data folder of its own.
 *
 * @param choice - Which kind.
 * @returns The Redis; closing it deletes the folder.
 */
export async function openTestRedis(choice: BackendKind["choice"]): Promise<TestRedis> {
  const dataDir = mkdtempSync(join(tmpdir(), "baton-redis-"));
  const redis = await openRedis(choice, dataDir, {
    onRestarted: () => undefined,
    onGivenUp: () => undefined,
  });
  return {
    redis,
    close: async () => {
      await redis.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
