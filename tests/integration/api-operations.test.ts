import { beforeAll, describe, expect, it } from "vitest";
import { useStack } from "../stack/test-stack.ts";

const stack = useStack();

beforeAll(async () => {
  await stack.api.save({ name: "plain", steps: [{ id: "copy", type: "transform", with: "${{ input.n }}" }] });
  await stack.api.save({
    name: "slow",
    steps: [{ id: "slow", type: "http", with: { url: `${stack.demoUrl}/slow?ms=5000` } }],
  });
  await stack.api.save({
    name: "failing",
    steps: [{ id: "call", type: "http", with: { url: `${stack.demoUrl}/status/404` } }],
  });
});

async function why(id: string): Promise<unknown> {
  return (await stack.api.call("GET", `/api/runs/${id}/why`)).body;
}

describe("a rerun", () => {
  it("is a new run of the same version with the same input, linked to the old one", async () => {
    const old = await stack.api.runToEnd("plain", { n: 1 });
    await stack.api.save({ name: "plain", steps: [{ id: "other", type: "transform", with: 2 }] });
    const { status, body } = await stack.api.call("POST", `/api/runs/${old.id}/rerun?wait=10s`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ workflow: "plain", version: old.version, output: 1 });
    const id = String(Reflect.get(Object(body), "id"));
    expect(await stack.api.run(id)).toMatchObject({ rerunOf: old.id, input: { n: 1 } });
  });

  it("takes another input", async () => {
    const old = await stack.api.runToEnd("plain", { n: 1 });
    const { body } = await stack.api.call("POST", `/api/runs/${old.id}/rerun?wait=10s`, { input: null });
    expect(await stack.api.run(String(Reflect.get(Object(body), "id")))).toMatchObject({ input: null });
  });
});

describe("why", () => {
  it("names the step that runs, the operator who paused or canceled, and the error that sank the run", async () => {
    const { id } = await stack.api.start("slow");
    await stack.untilStep(id, "slow", "RUNNING");
    expect(await why(id)).toMatchObject({ reason: "step_running", step: "slow", since: expect.any(String) });
    await stack.api.operate(id, "pause", { reason: "lunch" });
    expect(await why(id)).toMatchObject({ reason: "paused", sentence: expect.stringMatching(/key:bootstrap.*lunch/) });
    await stack.api.operate(id, "cancel");
    expect(await why(id)).toMatchObject({ reason: "canceled", since: expect.any(String) });
    const failed = await stack.api.runToEnd("failing");
    expect(await why(failed.id)).toMatchObject({
      reason: "failed",
      sentence: expect.stringMatching(/call.*404.*retry/),
    });
  });
});

describe("versions", () => {
  it("stay as they were saved, the newest first", async () => {
    await stack.api.save({ name: "grown", steps: [{ id: "one", type: "transform", with: 1 }] });
    await stack.api.save({ name: "grown", steps: [{ id: "two", type: "transform", with: 2 }] });
    const { body } = await stack.api.call("GET", "/api/workflows/grown/versions?limit=1");
    expect(body).toMatchObject({ items: [{ version: 2, createdBy: "key:bootstrap" }], nextCursor: expect.any(String) });
    const first = await stack.api.call("GET", "/api/workflows/grown/versions/1");
    expect(first.body).toMatchObject({ version: 1, recipe: { steps: [{ id: "one" }] } });
    expect((await stack.api.call("GET", "/api/workflows/grown/versions/9")).status).toBe(404);
  });

  it("a deleted workflow takes no new runs, keeps its history, and comes back when it is saved", async () => {
    const recipe = { name: "gone", steps: [{ id: "one", type: "transform", with: 1 }] };
    await stack.api.save(recipe);
    const run = await stack.api.runToEnd("gone");
    expect((await stack.api.call("DELETE", "/api/workflows/gone")).body).toMatchObject({ enabled: false });
    expect((await stack.api.tryStart("gone")).body).toMatchObject({ code: "workflow_disabled" });
    expect(await stack.api.run(run.id)).toMatchObject({ status: "COMPLETED" });
    await stack.api.save(recipe);
    expect((await stack.api.tryStart("gone")).status).toBe(202);
  });
});

describe("a bulk call", () => {
  it("is refused when the runs are not as many as expected, and changes none", async () => {
    const { id } = await stack.api.start("slow", { labels: { batch: "one" } });
    const refused = await stack.api.call("POST", "/api/runs/bulk", {
      action: "cancel",
      filter: { label: ["batch:one"] },
      expectedCount: 2,
    });
    expect(refused.body).toMatchObject({ code: "count_mismatch", status: 409, count: 1 });
    expect((await stack.api.run(id)).status).not.toBe("CANCELED");
    await stack.api.operate(id, "cancel");
  });

  it("changes each run by itself and says which it refused", async () => {
    const slow = await stack.api.start("slow");
    const done = await stack.api.runToEnd("plain", { n: 1 });
    const ids = [slow.id, done.id];
    const { status, body } = await stack.api.call("POST", "/api/runs/bulk", {
      action: "cancel",
      ids,
      expectedCount: 2,
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ matched: 2, applied: 1, refused: [{ id: done.id, code: "run_state_conflict" }] });
    const again = await stack.api.call("POST", "/api/runs/bulk", { action: "rerun", ids: [done.id], expectedCount: 1 });
    expect(again.body).toMatchObject({ applied: 1, started: [expect.any(String)] });
  });
});

describe("stats", () => {
  it("count the runs of a window by status and bucket", async () => {
    const run = await stack.api.runToEnd("plain", { n: 1 });
    const { body } = await stack.api.call("GET", "/api/stats?window=10m");
    expect(body).toMatchObject({ isPartial: false, durationMs: { p50: expect.any(Number) }, bucketMs: 10_000 });
    const rows = await stack.sql<{ count: number }[]>`select count(*)::int as count from runs`;
    expect(Reflect.get(Object(body), "total")).toBe(rows[0]?.count);
    expect(run.status).toBe("COMPLETED");
  });
});
