import { beforeEach, describe, expect, it } from "vitest";
import type { Json, JsonObject } from "../../src/domain/json.ts";
import { forgetDemoCalls, readDemoCalls } from "../stack/demo-calls.ts";
import { expectSoundRuns } from "../stack/sound-runs.ts";
import { useStack } from "../stack/test-stack.ts";

const stack = useStack();

beforeEach(() => forgetDemoCalls(stack.demoUrl));

/** Saves a recipe of one `foreach`, whose items make a call that is not repeated. */
async function saveEach(name: string, url: string, concurrency: number): Promise<void> {
  const call: JsonObject = { id: "call", type: "http", retry: { attempts: 1 }, with: { url } };
  const steps: Json = [call, { id: "end", type: "transform", with: "${{ index }}" }];
  await stack.api.save({
    name,
    steps: [{ id: "each", type: "foreach", with: { items: "${{ input }}", concurrency, steps } }],
  });
}

/** A run of three items, the middle one of which failed once. */
async function startFailed(name: string): Promise<string> {
  await saveEach(name, "${{ item }}", 3);
  const ok = `${stack.demoUrl}/joke`;
  const run = await stack.api.runToEnd(name, [ok, `${stack.demoUrl}/flaky?fails=1&key=${name}`, ok]);
  expect(run).toMatchObject({ status: "FAILED", error: { code: "items_failed" } });
  return run.id;
}

/** How often each item made its call. */
async function callsOf(id: string, items: number): Promise<readonly (number | undefined)[]> {
  const { byKey } = await readDemoCalls(stack.demoUrl);
  return Array.from({ length: items }, (_, index) => byKey[`${id}:each[${index}].call`]);
}

async function endOf(id: string): Promise<string> {
  await stack.untilEnded([id]);
  return (await stack.api.run(id)).status;
}

describe("a retry of a run whose foreach failed", () => {
  it.for([
    ["nowhere", undefined, [1, 2, 1]],
    ["an item", "each[0]", [2, 2, 1]],
    ["a step of an item", "each[2].call", [1, 2, 2]],
    ["the last step of an item", "each[2].end", [1, 2, 1]],
    ["the foreach", "each", [2, 2, 2]],
  ] as const)("from %s runs what failed again, and that", async ([, from, calls], { task }) => {
    const id = await startFailed(`retried-${task.id.replaceAll(/\W/g, "")}`);
    await stack.api.operate(id, "retry", from === undefined ? {} : { from });
    await stack.untilEnded([id]);
    expect(await stack.api.run(id)).toMatchObject({
      status: "COMPLETED",
      output: [0, 1, 2],
      steps: [{ progress: { total: 3, opened: 3, open: 0, completed: 3, failed: 0 } }],
    });
    expect(await callsOf(id, 3)).toEqual(calls);
    await expectSoundRuns(stack, [id]);
  });

  it("opens no more of many at once than wanted, and counts an item that fails again", async () => {
    await saveEach("many-retried", `${stack.demoUrl}/flaky?fails=\${{ item }}&key=many-\${{ index }}`, 2);
    const { id } = await stack.api.start("many-retried", { input: [1, 0, 2, 0, 0, 0] });
    for (let retries = 0; retries < 3 && (await endOf(id)) === "FAILED"; retries += 1) {
      await stack.api.operate(id, "retry");
    }
    expect(await endOf(id)).toBe("COMPLETED");
    expect((await stack.api.run(id)).output).toEqual([0, 1, 2, 3, 4, 5]);
    expect(await callsOf(id, 6)).toEqual([2, 1, 3, 1, 1, 1]);
    const { mostAtOnce } = await readDemoCalls(stack.demoUrl);
    expect(mostAtOnce).toBeLessThanOrEqual(2);
    await expectSoundRuns(stack, [id]);
  });
});
