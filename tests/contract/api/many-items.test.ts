import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RunId } from "../../../src/domain/ids.ts";
import { nameOf } from "../../support/ids.ts";
import { completed, decisionUntil, failed, itemsOf } from "../../support/outcomes.ts";
import { FOR_DECISION, planOf } from "../../support/plans.ts";
import { send } from "../../unit/api/fake-services.ts";
import { LedgerAndApi } from "./ledger-and-api.ts";

const ITEMS = 12_000;
const WAITING_RUNS = 10_000;

/** What a read may take here at most, in ms: ten times what it may on a quiet machine. */
const ANSWER_MS_MAX = 500;

/** A read is made so often, and the fastest counts: a busy machine is no slow read. */
const TRIES = 5;

const RESIZE = planOf(
  [
    {
      id: "each",
      concurrency: 3,
      body: [
        { id: "fetch" },
        { id: "resize", needs: ["fetch"], retry: { attempts: 2 } },
        { id: "save", needs: ["resize"] },
      ],
    },
    { id: "last", needs: ["each"] },
  ],
  { workflow: nameOf("resize") },
);

const ASK = planOf([{ id: "ok", wait: FOR_DECISION }], { workflow: nameOf("ask") });

/** Copies the second item of a run, with all that it holds, until there are as many as `ITEMS`. */
async function addItems({ sql }: LedgerAndApi, runId: RunId): Promise<void> {
  await sql`
    insert into steps select copy.* from generate_series(3, ${ITEMS - 1}::int) as place, steps,
      lateral json_populate_record(steps, json_build_object(
        'key', replace(steps.key, 'each[1]', 'each[' || place || ']'),
        'scope', replace(steps.scope, 'each[1]', 'each[' || place || ']'),
        'position', case when steps.type = 'item' then place else steps.position end)) as copy
    where steps.run_id = ${runId} and (steps.key = 'each[1]' or steps.scope = 'each[1]')`;
  await sql`
    insert into items select run_id, step_key, place, value from generate_series(3, ${ITEMS - 1}::int) as place, items
    where run_id = ${runId} and index = 1`;
  await sql`
    update steps set input = (select json_agg(output) from steps where run_id = ${runId} and node_id = 'save')
    where run_id = ${runId} and key = 'each'`;
}

/** Copies a run and its steps. */
async function addRuns({ sql }: LedgerAndApi, runId: RunId): Promise<void> {
  const id = sql`('ffffffff-ffff-7000-8000-' || lpad(to_hex(number), 12, '0'))`;
  await sql`
    insert into runs select copy.* from generate_series(1, ${WAITING_RUNS}::int) as number, runs,
      lateral json_populate_record(runs, json_build_object('id', ${id})) as copy where runs.id = ${runId}`;
  await sql`
    insert into steps select copy.* from generate_series(1, ${WAITING_RUNS}::int) as number, steps,
      lateral json_populate_record(steps, json_build_object('run_id', ${id})) as copy where steps.run_id = ${runId}`;
}

describe(`among ${WAITING_RUNS} runs that wait, and with ${ITEMS} items,`, () => {
  let opened: LedgerAndApi | null = null;
  let resizing = "";
  let asking = "";

  beforeAll(async () => {
    const bench = await LedgerAndApi.open();
    opened = bench;
    for (const plan of [RESIZE, ASK]) await bench.save(plan);
    const resizingId = await bench.start(RESIZE);
    // The first item is at work, the second is done, a step of the third is to be tried again.
    await bench.work(({ node, stepKey }) => {
      if (node.id === "each") return itemsOf("one", "two", "three");
      if (stepKey === "each[0].save") return null;
      return stepKey === "each[2].resize" ? failed() : completed({ stored: stepKey, note: "x".repeat(60) });
    });
    await addItems(bench, resizingId);
    const askingId = await bench.start(ASK);
    await bench.work(({ runId }) => (runId === askingId ? decisionUntil() : null));
    await addRuns(bench, askingId);
    await bench.sql`vacuum analyze`;
    resizing = `/api/runs/${resizingId}`;
    asking = `/api/runs/${askingId}`;
  }, 120_000);

  afterAll(async () => opened?.close());

  /** Gives the body of an answer, which must have come in time. */
  async function read(path: string): Promise<unknown> {
    const tries: number[] = [];
    let body: unknown = null;
    for (let left = TRIES; left > 0; left -= 1) {
      const startedAt = performance.now();
      const answer = await send({ path }, opened === null ? {} : { database: opened.api });
      tries.push(performance.now() - startedAt);
      expect([path, answer.status]).toEqual([path, 200]);
      body = answer.body;
    }
    expect(Math.min(...tries)).toBeLessThan(ANSWER_MS_MAX);
    return body;
  }

  it("the page of a run is its own steps", async () => {
    expect(await read(resizing)).toMatchObject({
      steps: [{ key: "each", inputBytes: expect.any(Number) }, { key: "last" }],
    });
  });

  it("why names what runs in the item that takes longest", async () => {
    expect(await read(`${resizing}/why`)).toMatchObject({ reason: "step_running", step: "each[0].save" });
    expect(await read(`${asking}/why`)).toMatchObject({ reason: "waits_for_signal", step: "ok" });
  });

  it("a page of items is found wherever it is", async () => {
    const cursor = btoa("11000").replaceAll("=", "");
    expect(await read(`${resizing}/steps?parent=each&limit=200&cursor=${cursor}`)).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ key: "each[11001]", inputBytes: 5 })]),
    });
    expect(await read(`${resizing}/steps?parent=each[11001]`)).toMatchObject({
      items: [{}, {}, { key: "each[11001].save" }],
    });
    expect(await read(`${resizing}/steps/each[11001]`)).toMatchObject({
      input: "two",
      output: { stored: "each[1].save" },
    });
  });

  it("a list by status looks at 10,000 rows a page, and goes on from there", async () => {
    const sparse = `${resizing}/steps?parent=each&status=WAITING&status=FAILED`;
    const first = await read(sparse);
    expect(first).toMatchObject({ items: [{ key: "each[0]" }, { key: "each[2]" }], nextCursor: expect.any(String) });
    const cursor = String(Reflect.get(Object(first), "nextCursor"));
    expect(await read(`${sparse}&cursor=${cursor}`)).toEqual({ items: [], nextCursor: null });
    expect(await read(`${resizing}/steps?parent=each&status=COMPLETED&limit=2`)).toMatchObject({
      items: [{ key: "each[1]" }, { key: "each[3]" }],
      nextCursor: expect.any(String),
    });
  });

  it("runs that wait are listed", async () => {
    expect(await read("/api/runs?status=WAITING&limit=1")).toMatchObject({ items: [{ workflow: "ask" }] });
  });

  it("pages of items give each once, in their order, also those that are opened meanwhile", async () => {
    if (opened === null) throw new Error("the database is not open");
    const runId = await opened.start(RESIZE);
    await opened.work(({ node }) => (node.id === "each" ? itemsOf(...Array.from({ length: 10 }).keys()) : null));
    const list = `/api/runs/${runId}/steps?parent=each&limit=2`;
    const first = await opened.page(list);
    await Promise.all([0, 1, 2].map(async (index) => opened?.settle(runId, `each[${index}].fetch`)));
    await opened.work(() => completed());
    const seen = [...first.keys];
    for (let cursor = first.nextCursor; cursor !== null;) {
      const page = await opened.page(`${list}&cursor=${cursor}`);
      seen.push(...page.keys);
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(Array.from({ length: 10 }, (_, index) => `each[${index}]`));
  });
});
