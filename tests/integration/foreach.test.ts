import { beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { Step } from "../../src/api/steps/contract.ts";
import type { Json, JsonObject } from "../../src/domain/json.ts";
import { forgetDemoCalls, readDemoCalls } from "../stack/demo-calls.ts";
import { expectSoundRuns } from "../stack/sound-runs.ts";
import { useStack } from "../stack/test-stack.ts";

const stack = useStack();

beforeEach(() => forgetDemoCalls(stack.demoUrl));

const stepPage = z.object({ items: z.array(Step) });

/** What a step holds: of a `foreach` its items, of an item its steps. */
async function stepsIn(id: string, parent: string): Promise<readonly z.output<typeof Step>[]> {
  const { body } = await stack.api.call("GET", `/api/runs/${id}/steps?parent=${encodeURIComponent(parent)}`);
  return stepPage.parse(body).items;
}

function callOf(url: string, more: JsonObject = {}): JsonObject {
  return { id: "call", type: "http", with: { url: url.startsWith("/") ? `${stack.demoUrl}${url}` : url }, ...more };
}

/** Saves a recipe of one `foreach` called `each`. */
async function saveEach(name: string, parameters: JsonObject, more: JsonObject = {}): Promise<void> {
  await stack.api.save({
    name,
    steps: [{ id: "each", type: "foreach", with: { items: "${{ input }}", ...parameters }, ...more }],
  });
}

describe("the items of a foreach", () => {
  it("come out in the order of the list however long they take, never more of them at once than wanted", async () => {
    const output = { item: "${{ item }}", index: "${{ index }}", took: "${{ steps.call.body.ms }}" };
    await saveEach("ordered", { concurrency: 3, steps: [callOf("/slow?ms=${{ item }}")], output });
    const times = [400, 0, 200, 50, 300, 0, 100, 250];
    const run = await stack.api.runToEnd("ordered", times);
    expect(run).toMatchObject({
      status: "COMPLETED",
      output: times.map((ms, index) => ({ item: ms, index, took: ms })),
    });
    const { mostAtOnce, byKey } = await readDemoCalls(stack.demoUrl);
    expect(mostAtOnce).toBeGreaterThan(1);
    expect(mostAtOnce).toBeLessThanOrEqual(3);
    expect(byKey).toEqual(Object.fromEntries(times.map((_, index) => [`${run.id}:each[${index}].call`, 1])));
    await expectSoundRuns(stack, [run.id]);
  });

  it("are no steps of the recipe: a run shows its own, and each step what it holds", async () => {
    await saveEach("shown", { steps: [{ id: "double", type: "transform", with: "${{ item * 2 }}" }] });
    const run = await stack.api.runToEnd("shown", [1, 2, 3]);
    expect(run.output).toEqual([2, 4, 6]);
    expect(run.steps).toMatchObject([
      { key: "each", type: "foreach", progress: { total: 3, opened: 3, open: 0, completed: 3, failed: 0 } },
    ]);
    expect(await stepsIn(run.id, "each")).toMatchObject(
      [0, 1, 2].map((index) => ({ key: `each[${index}]`, type: "item", parent: "each", status: "COMPLETED" })),
    );
    expect(await stepsIn(run.id, "each[1]")).toMatchObject([
      { key: "each[1].double", id: "double", parent: "each[1]" },
    ]);
    expect(await stack.api.step(run.id, "each[1].double")).toMatchObject({ output: 4, attempt: 1 });
    expect(await stack.api.step(run.id, "each[2]")).toMatchObject({ input: 3, output: 6, attempts: [] });
  });

  it("of lists in lists read their own item, the steps of the item around them, and those before all", async () => {
    await stack.api.save({
      name: "nested",
      steps: [
        { id: "base", type: "transform", with: 100 },
        {
          id: "outer",
          type: "foreach",
          with: {
            items: "${{ input }}",
            steps: [
              { id: "label", type: "transform", with: '${{ item.name & "-" & $string(index) }}' },
              {
                id: "inner",
                type: "foreach",
                with: {
                  items: "${{ item.list }}",
                  steps: [
                    {
                      id: "sum",
                      type: "transform",
                      with: { of: "${{ steps.label }}", at: "${{ index }}", sum: "${{ steps.base + item }}" },
                    },
                  ],
                },
              },
            ],
          },
        },
      ],
    });
    const run = await stack.api.runToEnd("nested", [
      { name: "a", list: [1, 2] },
      { name: "b", list: [] },
      { name: "c", list: [3] },
    ]);
    expect(run).toMatchObject({
      status: "COMPLETED",
      output: [
        [
          { of: "a-0", at: 0, sum: 101 },
          { of: "a-0", at: 1, sum: 102 },
        ],
        [],
        [{ of: "c-2", at: 0, sum: 103 }],
      ],
    });
    expect(await stepsIn(run.id, "outer[0].inner")).toMatchObject([
      { key: "outer[0].inner[0]" },
      { key: "outer[0].inner[1]" },
    ]);
    await expectSoundRuns(stack, [run.id]);
  });

  it("skip steps whose `if` is false", async () => {
    const double = { id: "double", type: "transform", if: "${{ item > 1 }}", with: "${{ item * 2 }}" };
    await saveEach("some", { steps: [double], output: { item: "${{ item }}", double: "${{ steps.double }}" } });
    const run = await stack.api.runToEnd("some", [1, 2]);
    expect(run.output).toEqual([
      { item: 1, double: null },
      { item: 2, double: 4 },
    ]);
    expect(await stepsIn(run.id, "each[0]")).toMatchObject([
      { key: "each[0].double", status: "SKIPPED" },
      { key: "each[0].each:output", status: "COMPLETED" },
    ]);
    await expectSoundRuns(stack, [run.id]);
  });

  it("each take one of the signals that they wait for", async () => {
    await saveEach("asking", {
      steps: [{ id: "ask", type: "wait", with: { signal: "go" } }],
      output: "${{ steps.ask.payload }}",
    });
    const { id } = await stack.api.start("asking", { input: ["a", "b", "c"] });
    await stack.untilStep(id, "each[2].ask", "WAITING");
    for (const payload of [10, 20, 30]) {
      expect(await stack.api.call("POST", `/api/runs/${id}/signals/go`, payload)).toMatchObject({ status: 202 });
    }
    await stack.untilEnded([id]);
    const { output } = await stack.api.run(id);
    expect(
      z
        .array(z.number())
        .parse(output)
        .toSorted((one, other) => one - other),
    ).toEqual([10, 20, 30]);
    await expectSoundRuns(stack, [id]);
  });

  it("wait for the end of a pause, and are canceled with their run", async () => {
    await saveEach("held", {
      concurrency: 2,
      steps: [callOf("/slow?ms=${{ item }}"), { id: "stop", type: "wait", with: { signal: "go" } }],
    });
    const { id } = await stack.api.start("held", { input: [200, 200, 0] });
    await stack.untilStep(id, "each[1].call", "RUNNING");
    await stack.api.operate(id, "pause");
    await stack.untilStep(id, "each[1].call", "COMPLETED");
    expect(await stack.api.run(id)).toMatchObject({ status: "PAUSED", steps: [{ progress: { opened: 2, open: 2 } }] });
    await stack.api.operate(id, "resume");
    await stack.untilStep(id, "each[1].stop", "WAITING");
    await stack.api.operate(id, "cancel");
    expect(await stepsIn(id, "each")).toMatchObject([{ status: "CANCELED" }, { status: "CANCELED" }]);
    expect(await stack.api.run(id)).toMatchObject({
      status: "CANCELED",
      steps: [{ progress: { opened: 2, open: 0 } }],
    });
    await expectSoundRuns(stack, [id]);
  });
});

describe("the list of a foreach", () => {
  it("that is empty comes to an empty list", async () => {
    await saveEach("empty", { steps: [callOf("/joke")] });
    const run = await stack.api.runToEnd("empty", []);
    expect(run).toMatchObject({ status: "COMPLETED", output: [], steps: [{ progress: { total: 0 } }] });
    expect(await stepsIn(run.id, "each")).toEqual([]);
    await expectSoundRuns(stack, [run.id]);
  });

  const noLists: readonly (readonly [string, Json, string])[] = [
    ["an object", { orders: 1 }, "has `[]`"],
    ["text", "orders", "has `[]`"],
    ["null", null, "?? []"],
  ];
  it.for(noLists)("that is %s fails its step and says what to write", async ([what, input, hint]) => {
    await saveEach("no-list", { steps: [callOf("/joke")] });
    const run = await stack.api.runToEnd("no-list", input);
    expect(run).toMatchObject({ status: "FAILED", error: { code: "foreach_params", step: "each", attempt: 1 } });
    expect(run.error?.message).toContain(what);
    expect(run.error?.message).toContain(hint);
    await expectSoundRuns(stack, [run.id]);
  });
});

describe("an item that fails", () => {
  const codes = [200, 404, 200, 404, 200];

  it("is its error in the output where that is tolerated", async () => {
    const output = "${{ steps.call.status }}";
    await saveEach("tolerant", { tolerate: "40%", steps: [callOf("/status/${{ item }}")], output });
    const run = await stack.api.runToEnd("tolerant", codes);
    const error = { code: "http_status", message: expect.stringContaining("404") };
    expect(run).toMatchObject({ status: "COMPLETED", output: [200, { error }, 200, { error }, 200] });
    expect(run.steps).toMatchObject([{ progress: { completed: 3, failed: 2 } }]);
    expect(await stack.api.step(run.id, "each[1]")).toMatchObject({ status: "FAILED", error: { code: "http_status" } });
    await expectSoundRuns(stack, [run.id]);
  });

  it("fails the run with one more than is tolerated, and no further item begins", async () => {
    await saveEach("strict", { concurrency: 1, tolerate: 1, steps: [callOf("/status/${{ item }}")] });
    const run = await stack.api.runToEnd("strict", codes);
    expect(run).toMatchObject({ status: "FAILED", output: null, error: { code: "items_failed", step: "each" } });
    expect(run.error?.message).toMatch(/2 of 5 items failed.*1 that `tolerate` allows.*each\[3\].*404/);
    expect(run.steps).toMatchObject([{ progress: { total: 5, opened: 4, completed: 2, failed: 2 } }]);
    await expectSoundRuns(stack, [run.id]);
  });

  it("lets the run go on after a foreach that says so, which tells why", async () => {
    await stack.api.save({
      name: "goes-on",
      steps: [
        {
          id: "each",
          type: "foreach",
          onError: "continue",
          with: { items: "${{ input }}", steps: [callOf("/status/${{ item }}")] },
        },
        { id: "after", type: "transform", with: { out: "${{ steps.each }}", why: "${{ errors.each.code }}" } },
      ],
    });
    const run = await stack.api.runToEnd("goes-on", codes);
    expect(run).toMatchObject({ status: "COMPLETED", output: { out: null, why: "items_failed" } });
    await expectSoundRuns(stack, [run.id]);
  });

  it("does not fail for a step of its own that lets it go on", async () => {
    const steps = [
      callOf("/status/${{ item }}", { onError: "continue" }),
      { id: "judge", type: "transform", with: "${{ errors.call.http.status ?? steps.call.status }}" },
    ];
    await saveEach("forgiving", { steps });
    const run = await stack.api.runToEnd("forgiving", codes);
    expect(run).toMatchObject({ status: "COMPLETED", output: codes });
    await expectSoundRuns(stack, [run.id]);
  });

  it("takes no step of its own with it that is at work, and the rest of it is canceled", async () => {
    const steps = [
      { ...callOf("/status/404"), needs: [] },
      { ...callOf("/slow?ms=400"), id: "beside", needs: [] },
      { id: "after", type: "transform", needs: ["beside"], with: null },
    ];
    await saveEach("sunk", { steps });
    const run = await stack.api.runToEnd("sunk", [1]);
    expect(run).toMatchObject({ status: "FAILED", error: { code: "items_failed" } });
    expect(await stepsIn(run.id, "each[0]")).toMatchObject([
      { id: "call", status: "FAILED" },
      { id: "beside", status: "COMPLETED" },
      { id: "after", status: "CANCELED" },
    ]);
    await expectSoundRuns(stack, [run.id]);
  });
});
