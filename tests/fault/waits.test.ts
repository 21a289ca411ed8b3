import { describe, expect, it } from "vitest";
import { expectSoundRuns } from "../stack/sound-runs.ts";
import { useStack } from "../stack/test-stack.ts";
import { delay } from "../stack/wait-until.ts";

const RUNS = 10;

const stack = useStack({ workerVars: { LEASE_MS: "1000" } });

/** Starts runs that wait for a while, and waits until they do. */
async function startWaiting(workflow: string, wait: string, count: number): Promise<readonly string[]> {
  await stack.api.save({
    name: workflow,
    steps: [
      { id: "pause", type: "wait", with: { for: wait } },
      { id: "after", type: "transform", with: "done" },
    ],
  });
  const started = await Promise.all(Array.from({ length: count }, () => stack.api.start(workflow)));
  const ids = started.map(({ id }) => id);
  await Promise.all(ids.map((id) => stack.untilStep(id, "pause", "WAITING")));
  return ids;
}

/** When the last of the timers is due. */
async function dueAt(ids: readonly string[]): Promise<Date> {
  const [row] = await stack.sql<{ due: Date }[]>`
    select max(available_at) as due from steps where run_id in ${stack.sql(ids)} and key = 'pause'`;
  if (row === undefined) throw new Error("no step waits");
  return row.due;
}

async function untilPassed(instant: Date): Promise<void> {
  await delay(Math.max(0, instant.getTime() - Date.now()) + 100);
}

/** Each timer fired once, and none before its time. */
async function expectFired(ids: readonly string[], due: Date): Promise<void> {
  await stack.untilEnded(ids);
  const runs = await expectSoundRuns(stack, ids);
  expect(runs.map(({ run }) => run.status)).toEqual(ids.map(() => "COMPLETED"));
  for (const { events, steps } of runs) {
    const fired = events.filter(({ step, to }) => step === "pause" && to === "COMPLETED");
    expect(fired).toHaveLength(1);
    expect(fired[0]?.at.getTime()).toBeGreaterThan(due.getTime());
    expect(steps).toMatchObject([
      { key: "pause", attempt: 1 },
      { key: "after", attempt: 1 },
    ]);
  }
}

describe("a timer that nobody watches", () => {
  it("timer comes due while everything is down: it fires once, after the start", async () => {
    const ids = await startWaiting("all-down", "3s", RUNS);
    const due = await dueAt(ids);
    await stack.stop();
    await untilPassed(due);
    await stack.start();
    await expectFired(ids, due);
  });

  it("timer comes due while everything is down (the runtime killed and the queue lost): the sweeper finds it", async () => {
    const ids = await startWaiting("queue-lost", "2s", RUNS);
    const due = await dueAt(ids);
    await stack.stack.holdWorker();
    await stack.stack.flushRedis();
    await untilPassed(due);
    await stack.stack.resumeWorker();
    await expectFired(ids, due);
  });

  it("keeps a wait of a year over a restart as it is, and its run can still be canceled", async () => {
    const [id = ""] = await startWaiting("long", "365d", 1);
    const due = await dueAt([id]);
    await stack.stop();
    await stack.start();
    expect(await stack.api.run(id)).toMatchObject({
      status: "WAITING",
      steps: [{ status: "WAITING" }, { attempt: 0 }],
    });
    expect(await dueAt([id])).toEqual(due);
    expect(await stack.api.operate(id, "cancel")).toMatchObject({ status: "CANCELED" });
    await expectSoundRuns(stack, [id]);
  });
});
