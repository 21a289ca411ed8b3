import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { verifyExport } from "../../scripts/verify-export/verify-export.ts";
import { ApiClient } from "../stack/api-client.ts";
import { makeReleaseDataDir, readRelease } from "../stack/release.ts";
import { expectSoundRuns } from "../stack/sound-runs.ts";
import { useStack } from "../stack/test-stack.ts";

const RELEASE = "release-0.1";

/** The start of this stack is the upgrade: it migrates the database of the release and goes on with its runs. */
const stack = useStack({ makeDataDir: () => makeReleaseDataDir(RELEASE, { slowMs: 50, status: 200 }) });

const page = z.object({ items: z.array(z.object({ id: z.string(), status: z.string() })) });
const saved = z.object({ name: z.string(), version: z.number() });

/** Ids of the release's runs by what they are for. */
const runs = new Map<string, string>();

beforeAll(async () => {
  const rows = await stack.sql<{ id: string; label: string }[]>`
    select id, case when rerun_of is null then labels ->> 'case' else 'rerun' end as label from runs`;
  for (const { id, label } of rows) runs.set(label, id);
});

function runOf(label: string): string {
  const id = runs.get(label);
  if (id === undefined) throw new Error(`the release has no run ${label}`);
  return id;
}

async function endOf(label: string): Promise<Awaited<ReturnType<ApiClient["run"]>>> {
  await stack.untilEnded([runOf(label)]);
  return stack.api.run(runOf(label));
}

async function typesOf(label: string): Promise<readonly string[]> {
  return (await stack.api.events(runOf(label))).map(({ type }) => type);
}

describe("a database of release 0.1 that is upgraded with runs in flight", () => {
  it("still has every run in the state it was in, and can say why", async () => {
    const listed = page.parse((await stack.api.call("GET", "/api/runs?limit=100")).body).items;
    expect(listed.map(({ id }) => id).toSorted()).toEqual([...runs.values()].toSorted());
    const still = listed.filter(({ status }) => ["PAUSED", "COMPLETED", "FAILED", "CANCELED"].includes(status));
    const labels = new Map([...runs].map(([label, id]) => [id, label]));
    expect(Object.fromEntries(still.map(({ id, status }) => [labels.get(id), status]))).toMatchObject({
      completed: "COMPLETED",
      rerun: "COMPLETED",
      "keyed-completed": "COMPLETED",
      failed: "FAILED",
      "failed-again": "FAILED",
      canceled: "CANCELED",
      "paused-ready": "PAUSED",
      "paused-retrying": "PAUSED",
      "paused-running": "PAUSED",
      "paused-pending": "PAUSED",
    });
    for (const { id } of listed) {
      const run = await stack.api.run(id);
      const steps = await Promise.all(run.steps.map(({ key }) => stack.api.step(id, key)));
      expect(steps.map(({ key }) => key)).toEqual(run.steps.map(({ key }) => key));
      expect(await stack.api.call("GET", `/api/runs/${id}/why`)).toMatchObject({ status: 200 });
    }
    expect(await stack.api.run(runOf("rerun"))).toMatchObject({ rerunOf: runOf("completed"), output: { waited: 0 } });
  });

  it("repeats attempts that were under way once their leases have ended, also at a join", async () => {
    expect(await endOf("running")).toMatchObject({ status: "COMPLETED", output: { waited: 50 } });
    expect(await stack.api.step(runOf("running"), "slow")).toMatchObject({ attempt: 2 });
    const expired = (await stack.api.events(runOf("running"))).find(({ type }) => type === "STEP_FAILED");
    expect(expired).toMatchObject({ step: "slow", attempt: 1, data: { code: "lease_expired" } });
    expect(await endOf("joining")).toMatchObject({
      status: "COMPLETED",
      output: { done: 1, tolerated: "http_status", skipped: null, ok: true },
      counts: { completed: 4, failed: 1, skipped: 1 },
    });
  });

  it("begins what had not begun, by the version that each run is pinned to and of workflows that are gone", async () => {
    expect(await endOf("pending")).toMatchObject({
      status: "COMPLETED",
      output: { waited: 50 },
      labels: { team: "upgrade" },
    });
    expect(await endOf("pinned")).toMatchObject({ status: "COMPLETED", version: 1, output: 1 });
    expect(await endOf("disabled")).toMatchObject({ status: "COMPLETED", output: "still here" });
  });

  it("makes the next attempt when the backoff ends, and counts the attempts of before", async () => {
    expect(await endOf("retrying")).toMatchObject({ status: "COMPLETED", output: 200 });
    expect(await stack.api.step(runOf("retrying"), "call")).toMatchObject({ attempt: 2, maxAttempts: 5 });
    const last = await endOf("retrying-last");
    expect(last).toMatchObject({ status: "FAILED", error: { code: "http_status", step: "call" }, attempts: 2 });
  });

  it("does not hurry a backoff of minutes", async () => {
    const id = runOf("retrying-later");
    const [step] = (await stack.api.run(id)).steps;
    expect(step).toMatchObject({ key: "call", status: "RETRYING", attempt: 1 });
    expect(Date.parse(step?.availableAt ?? "")).toBeGreaterThan(Date.now() + 5 * 60_000);
    // Nobody waits that long here: what is due when a run is resumed begins.
    await stack.sql`update steps set available_at = now() where run_id = ${id} and status = 'RETRYING'`;
    await stack.api.operate(id, "pause");
    await stack.api.operate(id, "resume");
    expect(await endOf("retrying-later")).toMatchObject({ status: "COMPLETED", output: 200 });
  });

  it("holds deadlines, also of paused runs", async () => {
    const far = await endOf("deadline-far");
    expect(far).toMatchObject({ status: "COMPLETED", output: "done" });
    for (const label of ["deadline-near", "paused-deadline-near"]) {
      expect(await endOf(label)).toMatchObject({ status: "FAILED", error: { code: "run_timeout" } });
    }
  });

  it("ends a failing run once its last attempt is over; a retry goes on from what failed", async () => {
    const failing = await endOf("failing");
    expect(failing).toMatchObject({ status: "FAILED", error: { code: "http_status", step: "fails" } });
    expect(failing.steps.map(({ status }) => status)).toEqual(["FAILED", "FAILED", "CANCELED"]);
    await stack.api.operate(runOf("failing"), "retry");
    expect(await endOf("failing")).toMatchObject({ status: "COMPLETED", output: 250 });
  });

  it("leaves paused runs paused until they are resumed; then they end", async () => {
    const paused = ["paused-ready", "paused-retrying", "paused-running", "paused-pending", "paused-failing"];
    // The attempts that ran have lost their leases by now, which counts them as failed; a failing run has ended by that.
    expect(await endOf("paused-failing")).toMatchObject({ status: "FAILED", error: { step: "fails" } });
    for (const label of paused.slice(0, -1)) {
      expect(await stack.api.run(runOf(label)), label).toMatchObject({ status: "PAUSED" });
      await stack.api.operate(runOf(label), "resume");
    }
    expect(await endOf("paused-ready")).toMatchObject({ status: "COMPLETED", output: { waited: 500 }, attempts: 3 });
    expect(await endOf("paused-retrying")).toMatchObject({ status: "COMPLETED", output: 200 });
    expect(await endOf("paused-running")).toMatchObject({ status: "COMPLETED", output: { waited: 50 } });
    expect(await endOf("paused-pending")).toMatchObject({ status: "COMPLETED", output: { waited: 50 } });
  });

  it("takes up failed runs again on an operator's word, what was done being reused", async () => {
    const operator = new ApiClient(stack.stack.info.url, readRelease(RELEASE).apiKey);
    for (const label of ["failed", "failed-again"]) {
      await operator.operate(runOf(label), "retry");
      const run = await endOf(label);
      expect(run).toMatchObject({ status: "COMPLETED", output: `${runOf(label)} got 200` });
      expect(run.steps[0]).toMatchObject({ key: "done", attempt: 1 });
    }
    expect((await typesOf("failed-again")).filter((type) => type === "RUN_RETRIED")).toHaveLength(2);
    const retried = (await stack.api.events(runOf("failed"))).find(({ type }) => type === "RUN_RETRIED");
    expect(retried).toMatchObject({ actor: "key:release-operator" });
  });

  it("refuses to move what had ended for good", async () => {
    for (const label of ["completed", "canceled"]) {
      for (const operation of ["pause", "resume", "cancel", "retry"] as const) {
        expect(await stack.api.tryOperate(runOf(label), operation)).toMatchObject({ status: 409 });
      }
    }
  });

  it("knows the idempotency keys of before", async () => {
    for (const [label, order] of [
      ["keyed", 7],
      ["keyed-completed", 6],
    ] as const) {
      const options = { input: { order }, labels: { case: label }, idempotencyKey: `order-${order}` };
      const again = await stack.api.tryStart("keyed", options);
      expect(again).toMatchObject({ status: 200, body: { id: runOf(label) } });
      const other = await stack.api.tryStart("keyed", { ...options, input: { order: 0 } });
      expect(other).toMatchObject({ status: 409, body: { code: "idempotency_conflict", runId: runOf(label) } });
      expect(await endOf(label)).toMatchObject({ status: "COMPLETED", output: `order ${order}` });
    }
  });

  it("starts new runs of the workflows of before, whose recipes it takes for the same", async () => {
    const { body } = await stack.api.call("GET", "/api/workflows?limit=100");
    const workflows = z.object({ items: z.array(saved) }).parse(body).items;
    expect(workflows.length).toBeGreaterThan(10);
    for (const { name, version } of workflows.filter((workflow) => workflow.name !== "disabled")) {
      const stored = await stack.api.call("GET", `/api/workflows/${name}`);
      const { recipe } = z.object({ recipe: z.record(z.string(), z.json()) }).parse(stored.body);
      const again = await stack.api.call("POST", "/api/workflows", recipe);
      expect(again).toMatchObject({ status: 200, body: { name, version } });
    }
    const input = { api: stack.demoUrl, slowMs: 5 };
    expect(await stack.api.runToEnd("call", input)).toMatchObject({ status: "COMPLETED", output: { waited: 5 } });
    expect(await stack.api.runToEnd("joining", input)).toMatchObject({ status: "COMPLETED", output: { done: 1 } });
    expect(await stack.api.runToEnd("pinned")).toMatchObject({ status: "COMPLETED", version: 2, output: 2 });
    expect((await stack.api.tryStart("disabled")).body).toMatchObject({ code: "workflow_disabled" });
  });

  it("has ended every run once, with counters that agree with its steps and a log that verifies, exported too", async () => {
    const ids = [...runs.values()];
    await stack.untilEnded(ids);
    const rows = await stack.sql<{ id: string }[]>`select id from runs`;
    await expectSoundRuns(
      stack,
      rows.map(({ id }) => id),
    );
    for (const id of ids) {
      expect((await stack.api.call("GET", `/api/runs/${id}/verify`)).body).toMatchObject({ ok: true });
      const url = `${stack.stack.info.url}/api/runs/${id}/export`;
      const response = await fetch(url, { headers: { authorization: `Bearer ${stack.stack.info.apiKey}` } });
      expect(verifyExport(await response.text())).toMatchObject({ ok: true });
    }
  });
});
