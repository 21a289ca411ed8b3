import { beforeEach, describe, expect, it } from "vitest";
import { queueKey } from "../../src/adapters/redis/keys.ts";
import { createRunId } from "../../src/domain/ids.ts";
import { forgetDemoCalls, readDemoCalls } from "../stack/demo-calls.ts";
import { expectSoundRuns } from "../stack/sound-runs.ts";
import { useStack } from "../stack/test-stack.ts";
import { waitUntil } from "../stack/wait-until.ts";

/** Two shards, so that a message can be on two queues. */
const stack = useStack({ workerVars: { SHARDS: "2" } });

beforeEach(() => forgetDemoCalls(stack.demoUrl));

/** Puts a message on a queue as due long ago. */
async function deliver(shard: number, member: string): Promise<void> {
  await stack.redis("ZADD", queueKey(shard), 1, member);
}

/** Makes both shards look at their queues, and waits until nothing due is left on them. */
async function dispatch(): Promise<void> {
  await stack.stack.triggerScheduled();
  await waitUntil(
    async () => {
      const due = await Promise.all([0, 1].map((shard) => stack.redis("ZCOUNT", queueKey(shard), "-inf", Date.now())));
      return due.every((count) => Number(count) === 0) ? true : null;
    },
    { until: "both shards have taken what was due" },
  );
}

describe("messages that should not be", () => {
  it("message delivered twice, or to two consumers (to a step that runs, and to one that is done): `begin` is conditional and `settle` is fenced", async () => {
    await stack.api.save({
      name: "twice",
      steps: [
        { id: "done", type: "http", with: { url: `${stack.demoUrl}/echo` } },
        { id: "slow", type: "http", with: { url: `${stack.demoUrl}/slow?ms=1500` } },
      ],
    });
    const { id } = await stack.api.start("twice");
    await stack.untilStep(id, "slow", "RUNNING");
    for (const shard of [0, 1]) {
      await deliver(shard, `${id}/slow`);
      await deliver(shard, `${id}/done`);
    }
    await dispatch();
    await stack.untilEnded([id]);
    const [stored] = await expectSoundRuns(stack, [id]);
    expect(stored).toMatchObject({ run: { status: "COMPLETED" }, steps: [{ attempt: 1 }, { attempt: 1 }] });
    expect(await readDemoCalls(stack.demoUrl)).toMatchObject({
      total: 2,
      byKey: { [`${id}:done`]: 1, [`${id}:slow`]: 1 },
    });
  });

  it("message delivered twice, or to two consumers (to two shards at once): `begin` is conditional and `settle` is fenced", async () => {
    await stack.api.save({
      name: "contested",
      steps: [
        {
          id: "call",
          type: "http",
          with: { url: `${stack.demoUrl}/flaky?fails=1&key=\${{ run.id }}` },
          // Long enough to see all of them wait at the same time.
          retry: { attempts: 3, delay: "4s", backoff: "fixed", jitter: "none" },
        },
      ],
    });
    const started = await Promise.all(Array.from({ length: 40 }, () => stack.api.start("contested")));
    const ids = started.map(({ id }) => id);
    await Promise.all(ids.map((id) => stack.untilStep(id, "call", "RETRYING")));
    // The retries come due while both shards find a message for each of them.
    await Promise.all(ids.flatMap((id) => [0, 1].map((shard) => deliver(shard, `${id}/call`))));
    while ((await countRetrying(ids)) > 0) {
      await Promise.all(ids.flatMap((id) => [0, 1].map((shard) => deliver(shard, `${id}/call`))));
      await dispatch();
    }
    await stack.untilEnded(ids);
    const runs = await expectSoundRuns(stack, ids);
    expect(runs.map(({ run, steps }) => [run.status, steps[0]?.attempt])).toEqual(ids.map(() => ["COMPLETED", 2]));
    expect((await readDemoCalls(stack.demoUrl)).total).toBe(2 * ids.length);
  });

  it("poison message (unknown run, broken key): it is acked and logged", async () => {
    await stack.api.save({ name: "unpoisoned", steps: [{ id: "one", type: "transform", with: 1 }] });
    const finished = await stack.api.runToEnd("unpoisoned");
    const shard = Number.parseInt(finished.id.slice(15, 18), 16);
    const stranger = createRunId(new Date(), shard, new Uint8Array(8));
    const broken = ["", "/", "rubbish", "\u0000/\u0000", "ä".repeat(10_000), `${finished.id}/`];
    const rubbish = [...broken, `${stranger}/one`, `${finished.id}/nothing`];
    await Promise.all(rubbish.map((member) => deliver(shard, member)));
    await dispatch();
    await waitUntil(
      async () => ((await stack.queued(shard)).some((member) => rubbish.includes(member)) ? null : true),
      {
        until: "the rubbish is off the queue",
      },
    );
    const next = await stack.api.runToEnd("unpoisoned");
    expect(next.status).toBe("COMPLETED");
    await expectSoundRuns(stack, [finished.id, next.id]);
  });
});

async function countRetrying(ids: readonly string[]): Promise<number> {
  const rows = await stack.sql`
    select 1 from steps where run_id in ${stack.sql(ids)} and status = 'RETRYING'`;
  return rows.length;
}
