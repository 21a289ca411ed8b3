import { describe, expect, it } from "vitest";
import { z } from "zod";
import { useStack } from "../stack/test-stack.ts";

const stack = useStack({ workerEntryPath: `${import.meta.dirname}/timer-counting-worker.ts` });

const RUNS = 100;

/** Timers that are cleared however many runs there are: those of connections that open. */
const CLEARED_MAX = 20;

const timersSchema = z.object({ made: z.number(), cleared: z.number() });

async function readTimers(): Promise<z.output<typeof timersSchema>> {
  return timersSchema.parse((await stack.api.call("GET", "/fault/timers")).body);
}

/** One after the other, so that each run has its own transactions, reads and calls to Redis, as under a steady load. */
async function runOneByOne(count: number): Promise<void> {
  for (let run = 0; run < count; run += 1) {
    const { id } = await stack.api.start("steady", { wait: "20s" });
    await stack.api.run(id);
  }
}

describe("the memory of a Durable Object", () => {
  it("keeps nothing of the runs that are over: they clear no timers, which the runtime would not forget", async () => {
    await stack.api.save({
      name: "steady",
      steps: [
        { id: "first", type: "http", with: { url: `${stack.demoUrl}/echo` } },
        { id: "second", type: "transform", with: "${{ steps.first.status }}" },
      ],
    });
    await runOneByOne(RUNS);
    const { made, cleared } = await readTimers();
    expect(made).toBeGreaterThan(0);
    expect(cleared).toBeLessThan(CLEARED_MAX);
  });
});
