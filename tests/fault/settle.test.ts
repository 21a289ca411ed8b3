import { beforeEach, describe, expect, it } from "vitest";
import { forgetDemoCalls, readDemoCalls } from "../stack/demo-calls.ts";
import { expectSoundRuns } from "../stack/sound-runs.ts";
import { useStack } from "../stack/test-stack.ts";
import { waitUntil } from "../stack/wait-until.ts";
import { CommitGate } from "./commit-gate.ts";

/** Room for one attempt, so that of two steps that become ready one is handed over and one is queued. */
const stack = useStack({ workerVars: { CONCURRENCY: "1", LEASE_MS: "1000" } });

beforeEach(() => forgetDemoCalls(stack.demoUrl));

async function saveThree(name: string): Promise<void> {
  const call = { type: "http", with: { url: `${stack.demoUrl}/echo` } };
  await stack.api.save({
    name,
    defaults: { retry: { attempts: 5, delay: "50ms" } },
    steps: [
      { id: "first", ...call },
      { id: "left", needs: ["first"], ...call },
      { id: "right", needs: ["first"], ...call },
    ],
  });
}

/** Starts a run and lets the runtime die while the settle of its first step commits. */
async function dieInSettle(workflow: string): Promise<{ readonly id: string; readonly gate: CommitGate }> {
  await saveThree(workflow);
  const gate = await CommitGate.close(stack.stack.info.databaseUrl, {
    table: "steps",
    condition: `new.key = 'first' and new.status = 'COMPLETED'`,
  });
  const { id } = await stack.api.start(workflow);
  await gate.reached();
  await stack.stack.holdWorker();
  return { id, gate };
}

describe("between a call and what follows from it", () => {
  it("consumer dies while executing: the lease expires and the retry policy decides", async () => {
    await stack.api.save({
      name: "killed-in-call",
      defaults: { retry: { attempts: 5, delay: "50ms" } },
      steps: [{ id: "slow", type: "http", with: { url: `${stack.demoUrl}/slow?ms=3000` } }],
    });
    const { id } = await stack.api.start("killed-in-call");
    await waitUntil(async () => ((await readDemoCalls(stack.demoUrl)).total === 1 ? true : null), {
      until: "the call is under way",
    });
    await stack.stack.killWorker();
    await stack.untilEnded([id]);
    const [stored] = await expectSoundRuns(stack, [id]);
    expect(stored).toMatchObject({ run: { status: "COMPLETED" }, steps: [{ attempt: 2 }] });
    expect(stored?.events.find(({ type }) => type === "STEP_FAILED")).toMatchObject({
      data: { code: "lease_expired" },
    });
    expect(await readDemoCalls(stack.demoUrl)).toMatchObject({ total: 2, byKey: { [`${id}:slow`]: 2 } });
  });

  it("consumer dies after the call succeeded, before `settle`: the call is repeated with the same key", async () => {
    const { id, gate } = await dieInSettle("settle-undone");
    await gate.undo();
    expect(await readDemoCalls(stack.demoUrl)).toMatchObject({ total: 1, byKey: { [`${id}:first`]: 1 } });
    await stack.untilStep(id, "first", "RUNNING");
    await stack.stack.resumeWorker();
    await stack.untilEnded([id]);
    const [stored] = await expectSoundRuns(stack, [id]);
    expect(stored?.run.status).toBe("COMPLETED");
    expect(await readDemoCalls(stack.demoUrl)).toMatchObject({ byKey: { [`${id}:first`]: 2 } });
  });

  it("shard dies after the commit of `settle`, before `ZADD` and `ZREM`: the sweeper queues what is ready; a stale message is refused and acked", async () => {
    const { id, gate } = await dieInSettle("settle-committed");
    await gate.letThrough();
    await stack.untilStep(id, "first", "COMPLETED");
    // What the dead shard had still to do: one message too many, one too few.
    const queued = await stack.queued();
    expect(queued).toContain(`${id}/first`);
    expect(queued).not.toContain(`${id}/right`);
    await stack.stack.resumeWorker();
    await stack.untilEnded([id]);
    const [stored] = await expectSoundRuns(stack, [id]);
    expect(stored?.run.status).toBe("COMPLETED");
    expect(await readDemoCalls(stack.demoUrl)).toMatchObject({ byKey: { [`${id}:first`]: 1 } });
    await waitUntil(async () => ((await stack.queued()).length === 0 ? true : null), { until: "the queue is empty" });
  });
});
