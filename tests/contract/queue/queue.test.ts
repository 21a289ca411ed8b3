import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openQueue, type QueueAccess } from "../../../scripts/stack/queue-access.ts";
import { createRedisQueue, openRedis } from "../../../src/adapters/redis/redis-queue.ts";
import { SYSTEM_CLOCK } from "../../../src/adapters/system-clock.ts";
import { UnavailableError } from "../../../src/domain/errors.ts";
import type { Queue } from "../../../src/shard/dispatch/queue.ts";
import { BACKEND_KINDS } from "../gateway/backends.ts";
import { claim, testQueue } from "./queue-contract.ts";

/** The queue over both Redises: what one can do and the other not would only show on somebody else's machine. */
describe.each(BACKEND_KINDS)("the queue over $name", ({ choice, missing }) => {
  const dataDir = mkdtempSync(join(tmpdir(), "baton-queue-"));
  let access: QueueAccess | null = null;

  function queueOf(shard: number): Queue {
    if (access === null) throw new Error("Redis is not open");
    return createRedisQueue(openRedis({ url: access.restUrl, token: access.restToken }, SYSTEM_CLOCK), shard);
  }

  async function flush(): Promise<void> {
    await access?.redis?.flush();
  }

  beforeAll(async () => {
    if (missing !== null) {
      return;
    }
    const events = { onRestarted: () => undefined, onGivenUp: () => undefined };
    access = await openQueue({ choice, dataDir, token: "a-token-for-tests", events });
  });

  beforeEach(async (context) => {
    if (missing !== null) {
      context.skip(missing);
    }
    await flush();
  });

  afterAll(async () => {
    await access?.close();
    rmSync(dataDir, { recursive: true, force: true });
  });

  testQueue({ queueOf, flush });

  it("throws `UnavailableError` while Redis is away, and works again after", async () => {
    const queue = queueOf(0);
    const added = [{ member: "a", visibleAt: new Date(0) }];
    await access?.redis?.stop();
    await expect(claim(queue)).rejects.toBeInstanceOf(UnavailableError);
    await expect(queue.write(added, [])).rejects.toMatchObject({ code: "redis_unavailable" });
    await access?.redis?.start();
    await queue.write(added, []);
    expect(await claim(queue)).toEqual(["a"]);
  });
});
