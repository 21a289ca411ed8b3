import { describe, expect, it } from "vitest";
import { expectSoundRuns } from "../stack/sound-runs.ts";
import { useStack } from "../stack/test-stack.ts";

/** With the Redis in memory, as on a machine without a Redis server: the queue is gone with the stack. */
const stack = useStack({ redis: "mock", workerVars: { LEASE_MS: "1000" } });

describe("a restart of the whole stack", () => {
  it("resumes every unfinished run: waiting for a retry, executing, ready", async () => {
    // The demo API keeps its address over a restart, and forgets what it was called.
    await stack.api.save({
      name: "long",
      defaults: { retry: { attempts: 5, delay: "5s", backoff: "fixed", jitter: "none" } },
      steps: [
        { id: "flaky", needs: [], type: "http", with: { url: `${stack.demoUrl}/flaky?fails=1&key=\${{ run.id }}` } },
        { id: "slow", needs: [], type: "http", with: { url: `${stack.demoUrl}/slow?ms=1500` } },
        { id: "join", needs: ["flaky", "slow"], type: "transform", with: "${{ steps.slow.body.ms }}" },
      ],
    });
    const started = await Promise.all(Array.from({ length: 20 }, () => stack.api.start("long")));
    const ids = started.map(({ id }) => id);
    await Promise.all(ids.map((id) => stack.untilStep(id, "flaky", "RETRYING")));
    await stack.stop();
    await stack.start();
    await stack.untilEnded(ids);
    const runs = await expectSoundRuns(stack, ids);
    expect(runs.map(({ run }) => run.status)).toEqual(ids.map(() => "COMPLETED"));
  });

  it("takes no new runs while it is down and starts them after", async () => {
    await stack.stop();
    await stack.start();
    await stack.api.save({ name: "fresh", steps: [{ id: "one", type: "transform", with: 1 }] });
    expect(await stack.api.runToEnd("fresh")).toMatchObject({ status: "COMPLETED", output: 1 });
  });
});
