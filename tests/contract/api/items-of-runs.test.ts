import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { RunId } from "../../../src/domain/ids.ts";
import { nameOf, START } from "../../support/ids.ts";
import { completed, decisionUntil, FATAL, failed, itemsOf, timerUntil } from "../../support/outcomes.ts";
import { FOR_DECISION, planOf } from "../../support/plans.ts";
import { LedgerAndApi } from "./ledger-and-api.ts";
import { describeOutputs } from "./run-outputs.ts";

const HOUR_MS = 3_600_000;
const IN_AN_HOUR = new Date(START.getTime() + HOUR_MS);

/** Two items wait for a signal at the same time; what follows it runs over the item's parts. */
const REVIEWS = planOf(
  [
    { id: "a" },
    {
      id: "each",
      needs: ["a"],
      concurrency: 2,
      tolerate: { count: 1 },
      body: [
        { id: "x", retry: { attempts: 2 } },
        { id: "ok", needs: ["x"], wait: FOR_DECISION },
        { id: "parts", needs: ["ok"], body: [{ id: "z" }] },
      ],
    },
    { id: "nap", needs: ["a"], wait: { kind: "for", duration: "1h" } },
    { id: "last", needs: ["each", "nap"] },
  ],
  { workflow: nameOf("reviews") },
);

/** Which of two that wait for the same is named first is not said. */
const ASKED = /^each\[[01]\]\.ok$/;

let opened: LedgerAndApi | null = null;

beforeAll(async () => {
  opened = await LedgerAndApi.open();
  await opened.save(REVIEWS);
});

afterAll(async () => opened?.close());

function bench(): LedgerAndApi {
  if (opened === null) throw new Error("the database is not open");
  return opened;
}

const get = async (path: string): ReturnType<LedgerAndApi["get"]> => bench().get(path);
const keysOf = async (path: string): Promise<readonly string[]> => (await bench().page(path)).keys;

/** A run of `reviews` with five items: of the first two `x` is done, and they wait. */
async function startReviews(values = [10, 11, 12, 13, 14]): Promise<RunId> {
  const runId = await bench().start(REVIEWS);
  await bench().work(({ node }) => {
    if (node.id === "each") return itemsOf(...values);
    if (node.id === "nap") return timerUntil(IN_AN_HOUR);
    return node.id === "ok" ? decisionUntil() : completed({ of: node.id });
  });
  return runId;
}

async function decide(runId: RunId, idempotencyKey: string): Promise<void> {
  const signal = { type: "signal", name: "decision", idempotencyKey, payload: true, actor: "key:ann" } as const;
  await bench().apply(runId, signal);
}

describe("a run whose items wait", () => {
  let runId: RunId;
  let run = "";

  beforeEach(async () => {
    runId = await startReviews();
    run = `/api/runs/${runId}`;
  });

  it("shows the recipe's own steps, how far they are, and counts all", async () => {
    const { body } = await get(run);
    expect(body).toMatchObject({
      status: "WAITING",
      counts: { total: 12, completed: 3, waiting: 6, pending: 3 },
      parent: null,
      steps: [
        { key: "a", parent: null, status: "COMPLETED", waitingFor: null, progress: null },
        {
          key: "each",
          needs: ["a"],
          status: "WAITING",
          progress: { total: 5, opened: 2, open: 2, completed: 0, failed: 0 },
        },
        { key: "nap", status: "WAITING", waitingFor: { kind: "timer", until: IN_AN_HOUR.toISOString() } },
        { key: "last", status: "PENDING", needs: ["each", "nap"] },
      ],
    });
  });

  it("says what it waits for: first what somebody must send, wherever that is", async () => {
    const { body } = await get(run);
    expect(body).toMatchObject({
      waitingFor: [
        { step: expect.stringMatching(ASKED), until: null, for: { kind: "signal", name: "decision" } },
        { step: expect.stringMatching(ASKED), for: { kind: "signal" } },
        { step: "nap", since: START.toISOString(), until: IN_AN_HOUR.toISOString(), for: { kind: "timer" } },
        { step: "each", until: null, for: { kind: "items", total: 5 } },
      ],
    });
    expect((await get(`${run}/why`)).body).toMatchObject({
      reason: "waits_for_signal",
      step: expect.stringMatching(ASKED),
      sentence: expect.stringMatching(
        /^each: 0 of 5 items are done, 2 are open, 0 failed\. Step each\[[01]\]\.ok waits for the signal decision since .*Also waiting: each\[[01]\]\.ok, nap\.$/,
      ),
    });
  });

  it("lists its steps, the items of a foreach and the steps of an item", async () => {
    expect(await keysOf(`${run}/steps`)).toEqual(["a", "each", "nap", "last"]);
    expect(await keysOf(`${run}/steps?parent=each`)).toEqual(["each[0]", "each[1]"]);
    expect(await keysOf(`${run}/steps?parent=each%5B1%5D`)).toEqual(["each[1].x", "each[1].ok", "each[1].parts"]);
    expect(await keysOf(`${run}/steps?parent=each[1]`)).toHaveLength(3);
    expect(await keysOf(`${run}/steps?parent=a`)).toEqual([]);
    expect((await get(`${run}/steps?parent=each[0]`)).body).toMatchObject({
      items: [{ needs: [] }, { needs: ["each[0].x"], parent: "each[0]" }, { needs: ["each[0].ok"], id: "parts" }],
    });
  });

  it("lists steps by their states", async () => {
    expect(await keysOf(`${run}/steps?status=WAITING`)).toEqual(["each", "nap"]);
    expect(await keysOf(`${run}/steps?status=COMPLETED&status=PENDING`)).toEqual(["a", "last"]);
    expect(await keysOf(`${run}/steps?parent=each[0]&status=WAITING`)).toEqual(["each[0].ok"]);
    expect(await keysOf(`${run}/steps?parent=each&status=FAILED`)).toEqual([]);
  });

  it.each([
    ["/steps?parent=nowhere", 404, "step_not_found"],
    ["/steps?parent=each[2]", 404, "step_not_found"],
    ["/steps/each[2]", 404, "step_not_found"],
    ["/steps?parent=not a key", 400, "invalid_request"],
    ["/steps?status=DONE", 400, "invalid_request"],
    ["/steps?cursor=!", 400, "invalid_request"],
    ["/steps?cursor=eHg", 400, "invalid_request"],
  ])("refuses %s", async (path, status, code) => {
    expect(await get(`${run}${path}`)).toMatchObject({ status, body: { code } });
  });

  it("is not there under another id", async () => {
    const path = `/api/runs/${run.slice(-36, -12)}000000000000/steps`;
    expect(await get(path)).toMatchObject({ status: 404, body: { code: "run_not_found" } });
    expect(await get(`${path}?parent=each`)).toMatchObject({ status: 404, body: { code: "run_not_found" } });
  });

  it("is found by its state", async () => {
    const { body } = await get("/api/runs?status=WAITING&workflow=reviews&limit=200");
    expect(body).toMatchObject({ items: expect.arrayContaining([expect.objectContaining({ id: runId })]) });
    expect((await get("/api/runs?status=RUNNING&workflow=reviews")).body).toMatchObject({ items: [] });
  });

  it("says what goes on in a pause", async () => {
    await bench().apply(runId, { type: "pause", actor: "key:ann", reason: "lunch" });
    expect((await get(`${run}/why`)).body).toMatchObject({
      status: "PAUSED",
      reason: "paused",
      sentence: expect.stringMatching(
        /by key:ann \(lunch\).*Meanwhile: Step each\[[01]\]\.ok waits for the signal decision/,
      ),
    });
  });
});

describe("an item, and a step of it,", () => {
  let runId: RunId;
  let run = "";

  beforeEach(async () => {
    runId = await startReviews([10]);
    run = `/api/runs/${runId}`;
  });

  it("show the value, and when the block is done its output", async () => {
    expect((await get(`${run}/steps/each%5B0%5D`)).body).toMatchObject({
      key: "each[0]",
      id: "each",
      type: "item",
      parent: "each",
      needs: [],
      status: "WAITING",
      waitingFor: { kind: "block", unfinished: 2, atWork: 0 },
      input: 10,
      inputBytes: 2,
      output: null,
      outputBytes: null,
      attempts: [],
    });
    await decide(runId, "one");
    await bench().work(({ node }) => {
      if (node.id === "parts") return itemsOf("p", "q");
      return node.id === "ok" ? decisionUntil() : completed({ part: true });
    });
    const output = [{ part: true }, { part: true }];
    const item = {
      key: "each[0]",
      status: "COMPLETED",
      waitingFor: null,
      inputBytes: 2,
      outputBytes: expect.any(Number),
    };
    expect((await get(`${run}/steps/each[0]`)).body).toMatchObject({ ...item, input: 10, output });
    expect((await get(`${run}/steps?parent=each&status=COMPLETED`)).body).toMatchObject({ items: [item] });
    expect(await keysOf(`${run}/steps?parent=each[0].parts`)).toEqual(["each[0].parts[0]", "each[0].parts[1]"]);
    expect((await get(`${run}/steps/each[0].parts[1]`)).body).toMatchObject({
      parent: "each[0].parts",
      input: "q",
      output: { part: true },
    });
  });

  it("show of a wait its one attempt: since when it waited, and its end", async () => {
    const path = `${run}/steps/each[0].ok`;
    const attempt = { attempt: 1, startedAt: START.toISOString(), waitingSince: START.toISOString() };
    expect((await get(path)).body).toMatchObject({
      status: "WAITING",
      waitingFor: { kind: "signal", name: "decision" },
      attempts: [{ ...attempt, status: "WAITING", endedAt: null }],
    });
    await decide(runId, "one");
    expect((await get(path)).body).toMatchObject({
      status: "COMPLETED",
      waitingFor: null,
      output: { payload: true, by: "key:ann", timedOut: false },
      attempts: [{ ...attempt, status: "COMPLETED", endedAt: START.toISOString() }],
    });
  });
});

describe("a run whose items are at work", () => {
  it("names what runs in them, what is tried again, and what fails with its item", async () => {
    const runId = await bench().start(REVIEWS);
    const why = `/api/runs/${runId}/why`;
    await bench().work(({ node, stepKey }) => {
      if (node.id === "each") return itemsOf(1, 2, 3);
      if (node.id === "nap") return timerUntil(IN_AN_HOUR);
      if (stepKey === "each[0].x") return failed();
      return stepKey === "each[1].x" ? null : completed();
    });
    expect((await get(why)).body).toMatchObject({
      reason: "step_running",
      step: "each[1].x",
      sentence: expect.stringMatching(
        /^each: 0 of 3 items are done, 2 are open, 0 failed\. Step each\[1\]\.x has been/,
      ),
    });
    await bench().settle(runId, "each[1].x", FATAL);
    await bench().work(({ node }) => (node.id === "x" ? completed() : decisionUntil()));
    expect((await get(why)).body).toMatchObject({
      reason: "step_retrying",
      step: "each[0].x",
      sentence: expect.stringMatching(
        /^each: 0 of 3 items are done, 2 are open, 1 failed\. Step each\[0\]\.x is tried/,
      ),
    });
    const { body } = await get(`/api/runs/${runId}/steps?parent=each`);
    expect(body).toMatchObject({
      items: [{ status: "WAITING" }, { status: "FAILED", error: { code: "http_404" } }, {}],
    });
  });

  it("names what runs in the items of items", async () => {
    const runId = await startReviews([1]);
    await decide(runId, "one");
    await bench().work(({ node }) => (node.id === "parts" ? itemsOf("p", "q") : null));
    expect((await get(`/api/runs/${runId}/why`)).body).toMatchObject({ step: "each[0].parts[0].z" });
  });
});

describeOutputs(bench);
