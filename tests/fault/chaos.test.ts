import { describe, expect, it } from "vitest";
import { startCarefully } from "../stack/careful-client.ts";
import { forgetDemoCalls } from "../stack/demo-calls.ts";
import { expectSoundRuns } from "../stack/sound-runs.ts";
import { useStack } from "../stack/test-stack.ts";
import { delay } from "../stack/wait-until.ts";

const RUNS = 300;
const FAULTS = 12;
const RUNS_OF_ITEMS = 40;
const FAULTS_OF_ITEMS = 6;
const ENDED_WITHIN_MS = 90_000;

const stack = useStack({ workerVars: { LEASE_MS: "1500", CONCURRENCY: "64" } });

async function saveFlaky(name: string): Promise<void> {
  await stack.api.save({
    name,
    // Attempts that a kill took count as well.
    defaults: { retry: { attempts: 50, delay: "200ms", maxDelay: "1s" } },
    steps: [
      { id: "flaky", needs: [], type: "http", with: { url: `${stack.demoUrl}/flaky?fails=2&key=\${{ run.id }}` } },
      { id: "slow", needs: [], type: "http", with: { url: `${stack.demoUrl}/slow?ms=200` } },
      { id: "join", needs: ["flaky", "slow"], type: "transform", with: "${{ steps.slow.body.ms }}" },
      { id: "last", type: "http", with: { url: `${stack.demoUrl}/echo` } },
    ],
  });
}

/** Waits, then works through a list whose items make a call that fails at first, and wait too. */
async function saveItems(name: string): Promise<void> {
  const flaky = `${stack.demoUrl}/flaky?fails=1&key=\${{ run.id }}-\${{ index }}`;
  await stack.api.save({
    name,
    defaults: { retry: { attempts: 50, delay: "200ms", maxDelay: "1s" } },
    steps: [
      { id: "before", type: "wait", with: { for: "500ms" } },
      {
        id: "each",
        type: "foreach",
        with: {
          items: [[1, 2], [], [3], [4], [5, 6]],
          concurrency: 2,
          steps: [
            { id: "flaky", type: "http", with: { url: flaky } },
            { id: "rest", type: "wait", with: { for: "200ms" } },
            {
              id: "inner",
              type: "foreach",
              with: { items: "${{ item }}", steps: [{ id: "double", type: "transform", with: "${{ item * 2 }}" }] },
            },
          ],
        },
      },
    ],
  });
}

/** Numbers that look random and are the same every time (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const FAULT_KINDS = [
  () => stack.stack.killWorker(),
  () => stack.stack.flushRedis(),
  () => stack.stack.restartPostgres(),
] as const;

describe("everything at once", () => {
  it("Worker runtime killed (SIGKILL) and restarted (in the middle of 100 runs): all of the above", async () => {
    await saveFlaky("killed");
    const ids = await startCarefully(stack, "killed", { count: 100 });
    await stack.stack.killWorker();
    await stack.untilEnded(ids, 60_000);
    const runs = await expectSoundRuns(stack, ids);
    expect(runs.map(({ run }) => run.status)).toEqual(ids.map(() => "COMPLETED"));
  });

  it(
    "300 runs end right while the runtime is killed, Redis flushed and PostgreSQL restarted at random",
    { timeout: ENDED_WITHIN_MS + 30_000 },
    async () => {
      const startedAtMs = performance.now();
      const random = seeded(20_260_801);
      await saveFlaky("chaos");
      const starting = startCarefully(stack, "chaos", { count: RUNS, spreadMs: 10_000 });
      for (let fault = 0; fault < FAULTS; fault += 1) {
        await delay(random() * 2_000);
        await FAULT_KINDS[Math.floor(random() * FAULT_KINDS.length)]?.();
      }
      const ids = await starting;
      await stack.untilEnded(ids, ENDED_WITHIN_MS - (performance.now() - startedAtMs));
      const before = await stack.sql<{ id: string }[]>`select id from runs where workflow <> 'chaos'`;
      const runs = await expectSoundRuns(stack, [...before.map(({ id }) => id), ...ids]);
      expect(runs.map(({ run }) => run.status)).toEqual(runs.map(() => "COMPLETED"));
      expect(runs.filter(({ run }) => run.workflow === "chaos")).toHaveLength(RUNS);
    },
  );

  it(
    `${RUNS_OF_ITEMS} runs with waits and items end right through the same`,
    { timeout: ENDED_WITHIN_MS + 30_000 },
    async () => {
      await forgetDemoCalls(stack.demoUrl);
      const startedAtMs = performance.now();
      const random = seeded(20_261_126);
      await saveItems("items");
      const starting = startCarefully(stack, "items", { count: RUNS_OF_ITEMS, spreadMs: 5_000 });
      for (let fault = 0; fault < FAULTS_OF_ITEMS; fault += 1) {
        await delay(random() * 2_000);
        await FAULT_KINDS[fault % FAULT_KINDS.length]?.();
      }
      const ids = await starting;
      await stack.untilEnded(ids, ENDED_WITHIN_MS - (performance.now() - startedAtMs));
      await expectSoundRuns(stack, ids);
      const ends = await Promise.all(ids.map(async (id) => stack.api.run(id)));
      const output = [[2, 4], [], [6], [8], [10, 12]];
      expect(ends.map((run) => [run.status, run.output])).toEqual(ids.map(() => ["COMPLETED", output]));
    },
  );
});
