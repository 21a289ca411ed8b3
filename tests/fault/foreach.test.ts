import { beforeEach, describe, expect, it } from "vitest";
import { forgetDemoCalls, readDemoCalls } from "../stack/demo-calls.ts";
import { expectSoundRuns } from "../stack/sound-runs.ts";
import type { StoredRun } from "../stack/stored-run.ts";
import { useStack } from "../stack/test-stack.ts";
import { waitUntil } from "../stack/wait-until.ts";
import { CommitGate } from "./commit-gate.ts";

const KILLS = 6;

/** Less room than a `foreach` may use, so that some of its items wait for theirs. */
const stack = useStack({ workerVars: { CONCURRENCY: "4", LEASE_MS: "1000" } });

beforeEach(() => forgetDemoCalls(stack.demoUrl));

interface Batch {
  /** Id of the `foreach`, and name of the workflow. */
  readonly name: string;
  readonly items: number;
  readonly concurrency: number;
  readonly slowMs?: number;
}

/** Starts a run of a `foreach` whose items make a call each and say which they are. */
async function startBatch({ name, items, concurrency, slowMs = 0 }: Batch): Promise<string> {
  await stack.api.save({
    name,
    // Attempts that a kill took count as well.
    defaults: { retry: { attempts: 20, delay: "50ms", maxDelay: "200ms" } },
    steps: [
      {
        id: name,
        type: "foreach",
        with: {
          items: "${{ input }}",
          concurrency,
          steps: [
            { id: "call", type: "http", with: { url: `${stack.demoUrl}/slow?ms=${slowMs}` } },
            { id: "note", type: "transform", with: { place: "${{ index }}", item: "${{ item }}" } },
          ],
        },
      },
    ],
  });
  const { id } = await stack.api.start(name, { input: itemsOf(items) });
  return id;
}

function itemsOf(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `item ${index}`);
}

/** The run completed, its output in the order of its items, each of which ended once. */
async function expectAllItems(id: string, { name, items }: Batch): Promise<StoredRun | undefined> {
  await stack.untilEnded([id], 60_000);
  const output = itemsOf(items).map((item, place) => ({ place, item }));
  expect(await stack.api.run(id)).toMatchObject({ status: "COMPLETED", output });
  const [stored] = await expectSoundRuns(stack, [id]);
  const keys = itemsOf(items).map((_, index) => `${name}[${index}]`);
  const ended = stored?.events.filter(({ step, to }) => step !== null && keys.includes(step) && to === "COMPLETED");
  expect(ended?.map(({ step }) => step).toSorted(byText)).toEqual(keys.toSorted(byText));
  return stored;
}

function byText(one: string | null, other: string | null): number {
  return String(one).localeCompare(String(other));
}

/** Starts a batch whose runtime dies in the commit that a condition names. */
async function startAndDie(
  batch: Batch,
  condition: string,
): Promise<{ readonly id: string; readonly gate: CommitGate }> {
  const gate = await CommitGate.close(stack.stack.info.databaseUrl, { table: "steps", condition });
  const id = await startBatch(batch);
  await gate.reached();
  await stack.stack.holdWorker();
  return { id, gate };
}

async function keysOf(id: string): Promise<readonly string[]> {
  const rows = await stack.sql<{ key: string }[]>`select key from steps where run_id = ${id}`;
  return rows.map(({ key }) => key);
}

describe("a foreach that loses its shard while it expands", () => {
  it("`foreach` half expanded (killed between the settle of its items and their first attempts): each is begun, and called once", async () => {
    const batch = { name: "half", items: 10, concurrency: 6 };
    const { id, gate } = await startAndDie(batch, "new.key = 'half[0]'");
    await gate.letThrough();
    await stack.untilStep(id, "half", "WAITING");
    expect(await keysOf(id)).toEqual(expect.arrayContaining(["half[0]", "half[0].call", "half[5].call"]));
    expect(await readDemoCalls(stack.demoUrl)).toMatchObject({ total: 0 });
    await stack.stack.flushRedis();
    await stack.stack.resumeWorker();
    await expectAllItems(id, batch);
    const { byKey } = await readDemoCalls(stack.demoUrl);
    expect(Object.values(byKey)).toEqual(itemsOf(10).map(() => 1));
  });

  it("`foreach` half expanded (the settle of its items undone): it is evaluated again and expands once", async () => {
    const batch = { name: "undone", items: 10, concurrency: 6 };
    const { id, gate } = await startAndDie(batch, "new.key = 'undone[0]'");
    await gate.undo();
    await stack.untilStep(id, "undone", "RUNNING");
    expect(await keysOf(id)).toEqual(["undone"]);
    expect(await stack.sql`select 1 from items where run_id = ${id}`).toHaveLength(0);
    await stack.stack.resumeWorker();
    await expectAllItems(id, batch);
    expect(Object.values((await readDemoCalls(stack.demoUrl)).byKey)).toEqual(itemsOf(10).map(() => 1));
  });
});

describe("a foreach that loses its shard between two items", () => {
  it("killed between two items (after the commit): the next one is open, and begins once its lease has ended", async () => {
    const batch = { name: "between", items: 6, concurrency: 2 };
    const { id, gate } = await startAndDie(batch, "new.key = 'between[1]' and new.status = 'COMPLETED'");
    await gate.letThrough();
    await stack.untilStep(id, "between[1]", "COMPLETED");
    await stack.stack.resumeWorker();
    await expectAllItems(id, batch);
  });

  it("killed between two items (before the commit): the item ends again, and only then the next one opens", async () => {
    const batch = { name: "before", items: 6, concurrency: 2 };
    const { id, gate } = await startAndDie(batch, "new.key = 'before[1]' and new.status = 'COMPLETED'");
    await gate.undo();
    await stack.untilStep(id, "before[1]", "WAITING");
    await stack.stack.resumeWorker();
    await expectAllItems(id, batch);
  });

  it(`killed between two items (${KILLS} times in 50): every item ends once, outputs in their order`, async () => {
    const batch = { name: "many", items: 50, concurrency: 8, slowMs: 20 };
    const id = await startBatch(batch);
    for (let kill = 0; kill < KILLS; kill += 1) {
      await untilItemsDone(id, kill * 8);
      await stack.stack.killWorker();
    }
    const stored = await expectAllItems(id, batch);
    const kinds = Map.groupBy(stored?.steps ?? [], ({ type }) => type);
    const counts = Object.fromEntries([...kinds].map(([type, steps]) => [type, steps.length]));
    expect(counts).toEqual({ foreach: 1, item: 50, http: 50, transform: 50 });
  });
});

async function untilItemsDone(id: string, count: number): Promise<void> {
  await waitUntil(
    async () => {
      const rows = await stack.sql`
        select 1 from steps where run_id = ${id} and type = 'item' and status = 'COMPLETED'`;
      return rows.length >= count ? true : null;
    },
    { until: `${count} items are done` },
  );
}
