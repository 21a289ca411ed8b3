import { beforeEach, describe, expect, it } from "vitest";
import { queueKey } from "../../src/adapters/redis/keys.ts";
import { forgetDemoCalls, readDemoCalls } from "../stack/demo-calls.ts";
import { expectSoundRuns } from "../stack/sound-runs.ts";
import { useStack } from "../stack/test-stack.ts";
import { CommitGate } from "./commit-gate.ts";

/** Room for two attempts, so that it is easy to have none; leases that end soon. */
const stack = useStack({ workerVars: { CONCURRENCY: "2", LEASE_MS: "1000" } });

beforeEach(() => forgetDemoCalls(stack.demoUrl));

async function saveCall(name: string, slowMs: number): Promise<void> {
  await stack.api.save({
    name,
    defaults: { retry: { attempts: 5, delay: "50ms" } },
    steps: [{ id: "call", type: "http", with: { url: `${stack.demoUrl}/slow?ms=${slowMs}` } }],
  });
}

/** Starts two runs whose calls take long, so that there is no room for more. */
async function fillRoom(slowMs: number): Promise<readonly string[]> {
  await saveCall("filler", slowMs);
  const runs = await Promise.all([stack.api.start("filler"), stack.api.start("filler")]);
  await Promise.all(runs.map(({ id }) => stack.untilStep(id, "call", "RUNNING")));
  return runs.map(({ id }) => id);
}

/** Closes the gate on the start of a run of a workflow, starts one and lets the runtime die in the commit. */
async function startAndDie(workflow: string): Promise<string> {
  const gate = await CommitGate.close(stack.stack.info.databaseUrl, {
    table: "runs",
    condition: `new.workflow = '${workflow}'`,
  });
  // Nobody hears the answer: the runtime dies first.
  const unheard = stack.api.tryStart(workflow).catch(() => null);
  await gate.reached();
  await stack.stack.holdWorker();
  await gate.letThrough();
  await unheard;
  const rows = await stack.sql<{ id: string }[]>`select id from runs where workflow = ${workflow}`;
  return rows[0]?.id ?? "";
}

describe("between the start of a run and its first call", () => {
  it("api crashes after the commit of `start`, before `ZADD`: the sweeper queues the run's steps", async () => {
    await saveCall("started", 0);
    const fillers = await fillRoom(3_000);
    const id = await startAndDie("started");
    await stack.untilStep(id, "call", "PENDING");
    expect(await stack.queued()).not.toContain(`${id}/call`);
    await stack.stack.resumeWorker();
    await stack.untilEnded([id, ...fillers]);
    const runs = await expectSoundRuns(stack, [id, ...fillers]);
    expect(runs.map(({ run }) => run.status)).toEqual(["COMPLETED", "COMPLETED", "COMPLETED"]);
  });

  it("shard dies after the commit of a hand-over, before it calls the consumer: the lease expires and the attempt is repeated", async () => {
    await saveCall("handed-over", 0);
    const id = await startAndDie("handed-over");
    await stack.untilStep(id, "call", "RUNNING");
    expect(await readDemoCalls(stack.demoUrl)).toMatchObject({ total: 0 });
    await stack.stack.resumeWorker();
    await stack.untilEnded([id]);
    const [stored] = await expectSoundRuns(stack, [id]);
    expect(stored).toMatchObject({ run: { status: "COMPLETED" }, steps: [{ attempt: 2 }] });
    expect(stored?.events.find(({ type }) => type === "STEP_FAILED")).toMatchObject({
      data: { code: "lease_expired" },
    });
    expect(await readDemoCalls(stack.demoUrl)).toMatchObject({ byKey: { [`${id}:call`]: 1 } });
  });

  // The messages stay hidden for the ten seconds that a claim hides them.
  it("shard dies after claim, before `begin`: the message reappears after its visibility timeout", async () => {
    await saveCall("claimed", 0);
    const fillers = await fillRoom(700);
    const { id } = await stack.api.start("claimed");
    const member = `${id}/call`;
    // Only the begin that follows a claim moves this step to RUNNING.
    const gate = await CommitGate.close(stack.stack.info.databaseUrl, {
      table: "steps",
      condition: `new.status = 'RUNNING' and new.run_id = '${id}'`,
    });
    await gate.reached();
    const hiddenUntilMs = Number(await stack.redis("ZSCORE", queueKey(0), member));
    expect(hiddenUntilMs).toBeGreaterThan(Date.now());
    await stack.stack.holdWorker();
    await gate.undo();
    await stack.untilStep(id, "call", "PENDING");
    await stack.stack.resumeWorker();
    await stack.untilEnded([id, ...fillers]);
    const runs = await expectSoundRuns(stack, [id, ...fillers]);
    const claimed = runs.find(({ run }) => run.id === id);
    expect(claimed).toMatchObject({ run: { status: "COMPLETED" }, steps: [{ attempt: 1 }] });
    expect(claimed?.run.startedAt?.getTime()).toBeGreaterThanOrEqual(hiddenUntilMs);
  });
});
