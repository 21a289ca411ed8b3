import { beforeEach, describe, expect, it } from "vitest";
import { forgetDemoCalls, readDemoCalls } from "../stack/demo-calls.ts";
import { expectSoundRuns } from "../stack/sound-runs.ts";
import { DEADLINE_WAIT_MS, longestWaitMs } from "../stack/stored-run.ts";
import { useStack } from "../stack/test-stack.ts";
import { waitUntil } from "../stack/wait-until.ts";

const LEASE_MS = 1_500;

const stack = useStack({ workerVars: { LEASE_MS: String(LEASE_MS) } });

beforeEach(() => forgetDemoCalls(stack.demoUrl));

async function saveCalls(name: string): Promise<void> {
  await stack.api.save({
    name,
    steps: [
      { id: "call", type: "http", with: { url: `${stack.demoUrl}/slow?ms=300` } },
      { id: "after", type: "transform", with: "${{ steps.call.body.ms }}" },
    ],
  });
}

/** Holds rows in a transaction of its own, as a session at a terminal does, while work is done. */
async function whileLocked(table: "runs" | "steps", id: string, work: () => Promise<void>): Promise<void> {
  const column = table === "runs" ? "id" : "run_id";
  await stack.sql.begin(async (sql) => {
    await sql`select 1 from ${sql(table)} where ${sql(column)} = ${id} for update`;
    await work();
  });
}

/** Waits until the leases that the run's attempt had are over, would nobody renew them. */
async function outlastLeases(id: string): Promise<void> {
  const [{ at } = { at: new Date() }] = await stack.sql<{ at: Date }[]>`
    select max(available_at) as at from steps where run_id = ${id}`;
  await waitUntil(async () => (Date.now() > at.getTime() + 2 * LEASE_MS ? true : null), { until: "leases are over" });
}

describe("rows that another session has locked", () => {
  it.each(["runs", "steps"] as const)(
    "another session of PostgreSQL holds a run's rows (%s): only that run waits; its attempts keep their leases",
    async (table) => {
      const workflow = `held-${table}`;
      await saveCalls(workflow);
      const { id } = await stack.api.start(workflow);
      await stack.untilStep(id, "call", "RUNNING");
      const others: string[] = [];
      await whileLocked(table, id, async () => {
        for (let round = 0; round < 3; round += 1) {
          const started = await Promise.all(Array.from({ length: 10 }, () => stack.api.start(workflow)));
          const ids = started.map((run) => run.id);
          // They end while the rows are held: nobody has waited for those.
          await stack.untilEnded(ids);
          others.push(...ids);
        }
        await outlastLeases(id);
      });
      await stack.untilEnded([id]);
      const runs = await expectSoundRuns(stack, [id, ...others]);
      expect(runs.map(({ run }) => run.status)).toEqual(runs.map(() => "COMPLETED"));
      const unhindered = runs.filter(({ run }) => run.id !== id);
      expect(longestWaitMs(unhindered)).toBeLessThan(DEADLINE_WAIT_MS);
      expect(runs.flatMap(({ steps }) => steps.map(({ attempt }) => attempt))).toEqual(runs.flatMap(() => [1, 1]));
      expect((await readDemoCalls(stack.demoUrl)).total).toBe(runs.length);
    },
  );

  it("make an operator's command on their run wait for some seconds, then answer 503", async () => {
    await saveCalls("held-operated");
    const { id } = await stack.api.start("held-operated");
    await stack.untilStep(id, "call", "RUNNING");
    await whileLocked("runs", id, async () => {
      expect(await stack.api.call("POST", `/api/runs/${id}/cancel`, {})).toMatchObject({ status: 503 });
    });
    await stack.untilEnded([id]);
    await expectSoundRuns(stack, [id]);
  });
});
