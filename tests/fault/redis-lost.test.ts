import { beforeEach, describe, expect, it } from "vitest";
import { forgetDemoCalls } from "../stack/demo-calls.ts";
import { expectSoundRuns } from "../stack/sound-runs.ts";
import { useStack } from "../stack/test-stack.ts";

/** Little room, so that most steps depend on the queue. */
const stack = useStack({ workerVars: { CONCURRENCY: "4", LEASE_MS: "1000" } });

beforeEach(() => forgetDemoCalls(stack.demoUrl));

async function saveFlaky(name: string): Promise<void> {
  await stack.api.save({
    name,
    defaults: { retry: { attempts: 10, delay: "300ms" } },
    steps: [
      { id: "flaky", type: "http", with: { url: `${stack.demoUrl}/flaky?fails=1&key=\${{ run.id }}` } },
      { id: "slow", type: "http", with: { url: `${stack.demoUrl}/slow?ms=50` } },
    ],
  });
}

async function startMany(workflow: string, count: number): Promise<readonly string[]> {
  const started = await Promise.all(Array.from({ length: count }, () => stack.api.start(workflow)));
  return started.map(({ id }) => id);
}

async function expectAllCompleted(ids: readonly string[]): Promise<void> {
  await stack.untilEnded(ids, 40_000);
  const runs = await expectSoundRuns(stack, ids);
  expect(runs.map(({ run }) => run.status)).toEqual(ids.map(() => "COMPLETED"));
}

describe("Redis is lost", () => {
  it("Redis flushed, restarted, unreachable (flushed): the sweeper refills the queue; starts are still accepted", async () => {
    await saveFlaky("flushed");
    const ids = await startMany("flushed", 60);
    await stack.stack.flushRedis();
    await stack.untilStep(ids[0] ?? "", "flaky", "COMPLETED");
    await stack.stack.flushRedis();
    await expectAllCompleted(ids);
  });

  it("Redis flushed, restarted, unreachable (restarted): the sweeper refills the queue; starts are still accepted", async () => {
    await saveFlaky("restarted");
    const ids = await startMany("restarted", 60);
    await stack.stack.stopRedis();
    await stack.stack.startRedis();
    await expectAllCompleted(ids);
  });

  it("Redis flushed, restarted, unreachable (unreachable): the sweeper refills the queue; starts are still accepted", async () => {
    await saveFlaky("unreachable");
    await stack.stack.stopRedis();
    const ids = await startMany("unreachable", 30);
    expect(ids).toHaveLength(30);
    const health = await stack.api.call("GET", "/api/health");
    expect(health.body).toMatchObject({ redis: "unavailable", postgres: "ok" });
    await stack.stack.startRedis();
    await expectAllCompleted(ids);
  });
});
