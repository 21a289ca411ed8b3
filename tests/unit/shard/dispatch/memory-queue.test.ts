import { beforeEach, describe } from "vitest";
import { testQueue } from "../../../contract/queue/queue-contract.ts";
import { MemoryQueue } from "../../../support/memory-queue.ts";

// What the simulation shows of the dispatcher holds as far as this queue behaves as Redis does.
describe("the queue in memory", () => {
  const queues = new Map<number, MemoryQueue>();

  function queueOf(shard: number): MemoryQueue {
    const queue = queues.get(shard) ?? new MemoryQueue();
    if (!queues.has(shard)) {
      queue.flush();
      queues.set(shard, queue);
    }
    return queue;
  }

  async function flush(): Promise<void> {
    queues.forEach((queue) => queue.flush());
  }

  beforeEach(flush);
  testQueue({ queueOf, flush });
});
