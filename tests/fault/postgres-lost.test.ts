import { beforeEach, describe, expect, it } from "vitest";
import { startCarefully } from "../stack/careful-client.ts";
import { forgetDemoCalls, readDemoCalls } from "../stack/demo-calls.ts";
import { expectSoundRuns } from "../stack/sound-runs.ts";
import { DEADLINE_WAIT_MS, longestWaitMs, type StoredRun } from "../stack/stored-run.ts";
import { useStack } from "../stack/test-stack.ts";
import { waitUntil } from "../stack/wait-until.ts";

const LEASE_MS = 1_000;

const stack = useStack({ workerVars: { LEASE_MS: String(LEASE_MS) } });

beforeEach(() => forgetDemoCalls(stack.demoUrl));

async function saveCalls(name: string): Promise<void> {
  await stack.api.save({
    name,
    defaults: { retry: { attempts: 20, delay: "200ms" } },
    steps: [
      { id: "one", type: "http", with: { url: `${stack.demoUrl}/slow?ms=100` } },
      { id: "two", type: "http", with: { url: `${stack.demoUrl}/slow?ms=100` } },
      { id: "three", type: "http", with: { url: `${stack.demoUrl}/slow?ms=100` } },
    ],
  });
}

async function expectAllCompleted(ids: readonly string[]): Promise<readonly StoredRun[]> {
  await stack.untilEnded(ids, 40_000);
  const runs = await expectSoundRuns(stack, ids);
  expect(runs.map(({ run }) => run.status)).toEqual(ids.map(() => "COMPLETED"));
  return runs;
}

describe("PostgreSQL is lost", () => {
  it("PostgreSQL restarted, connections cut, unreachable (connections cut): the batch fails whole, messages reappear, the API answers 503 with `Retry-After`", async () => {
    await saveCalls("cut");
    const askedAtMs = Date.now();
    const starting = startCarefully(stack, "cut", { count: 60 });
    for (const status of ["one", "two", "three"]) {
      await waitUntil(async () => ((await countCompleted(status)) > 0 ? true : null), {
        until: `a step ${status} is done`,
      });
      await stack.sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'baton'`;
    }
    const runs = await expectAllCompleted(await starting);
    // The loss of a connection is noticed, not waited for.
    expect(longestWaitMs(runs, askedAtMs)).toBeLessThan(DEADLINE_WAIT_MS);
    expect(stack.workerLog().filter((line) => line.includes("did not answer within"))).toEqual([]);
  });

  it("PostgreSQL restarted, connections cut, unreachable (restarted): the batch fails whole, messages reappear, the API answers 503 with `Retry-After`", async () => {
    await saveCalls("rebooted");
    const ids = await startCarefully(stack, "rebooted", { count: 40 });
    await stack.stack.restartPostgres();
    await expectAllCompleted(ids);
  });

  it("PostgreSQL restarted, connections cut, unreachable (unreachable): the batch fails whole, messages reappear, the API answers 503 with `Retry-After`", async () => {
    await saveCalls("away");
    const ids = await startCarefully(stack, "away", { count: 10 });
    await stack.stack.stopPostgres();
    const start = await stack.api.tryStart("away");
    expect(start).toMatchObject({ status: 503, body: { code: "unavailable" } });
    expect(start.headers.get("retry-after")).toMatch(/^\d+$/);
    const read = await stack.api.call("GET", `/api/runs/${ids[0] ?? ""}`);
    expect(read).toMatchObject({ status: 503 });
    await stack.stack.startPostgres();
    await expectAllCompleted(ids);
  });

  it("PostgreSQL restarted, connections cut, unreachable (for longer than a lease): the batch fails whole, messages reappear, the API answers 503 with `Retry-After`", async () => {
    await stack.api.save({
      name: "outlasted",
      steps: [{ id: "only", type: "http", retry: false, with: { url: `${stack.demoUrl}/slow?ms=500` } }],
    });
    const { id } = await stack.api.start("outlasted");
    await stack.untilStep(id, "only", "RUNNING");
    await stack.stack.stopPostgres();
    const stoppedAtMs = performance.now();
    await waitUntil(async () => (performance.now() > stoppedAtMs + 3 * LEASE_MS ? true : null), {
      until: "the lease is long over",
    });
    await stack.stack.startPostgres();
    await expectAllCompleted([id]);
    // The consumer has kept what it had to report, and nobody has taken its lease.
    expect((await readDemoCalls(stack.demoUrl)).total).toBe(1);
  });
});

async function countCompleted(key: string): Promise<number> {
  const rows = await stack.sql`select 1 from steps where key = ${key} and status = 'COMPLETED' limit 1`;
  return rows.length;
}
