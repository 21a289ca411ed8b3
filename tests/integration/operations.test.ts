import { beforeEach, describe, expect, it } from "vitest";
import { forgetDemoCalls, readDemoCalls } from "../stack/demo-calls.ts";
import { expectSoundRuns } from "../stack/sound-runs.ts";
import { useStack } from "../stack/test-stack.ts";
import { delay } from "../stack/wait-until.ts";

const stack = useStack();

beforeEach(() => forgetDemoCalls(stack.demoUrl));

/** Long enough to operate on a run before its call, or its backoff, is over. */
const SLOW_MS = 3_000;

async function saveSlow(name: string, slowMs: number): Promise<void> {
  await stack.api.save({
    name,
    steps: [
      { id: "slow", type: "http", with: { url: `${stack.demoUrl}/slow?ms=${slowMs}` } },
      { id: "after", type: "transform", with: "${{ steps.slow.body.ms }}" },
    ],
  });
}

describe("pause and resume", () => {
  it("a paused run lets its attempt finish, begins no other, and goes on after `resume`", async () => {
    await saveSlow("pausing", SLOW_MS);
    const { id } = await stack.api.start("pausing");
    await stack.untilStep(id, "slow", "RUNNING");
    expect(await stack.api.operate(id, "pause")).toMatchObject({ status: "PAUSED" });
    await stack.untilStep(id, "slow", "COMPLETED");
    // That nothing happens can only be seen over time; a step takes 20 ms.
    await delay(300);
    const paused = await stack.api.run(id);
    expect(paused).toMatchObject({
      status: "PAUSED",
      steps: [{ status: "COMPLETED" }, { status: "PENDING", attempt: 0 }],
    });
    await stack.api.operate(id, "resume");
    await stack.untilEnded([id]);
    expect(await stack.api.run(id)).toMatchObject({ status: "COMPLETED", output: SLOW_MS, attempts: 2 });
    await expectSoundRuns(stack, [id]);
  });

  it("a retry that comes due during a pause waits for `resume`", async () => {
    await stack.api.save({
      name: "pausing-retry",
      steps: [
        {
          id: "call",
          type: "http",
          with: { url: `${stack.demoUrl}/flaky?fails=1&key=\${{ run.id }}` },
          retry: { attempts: 2, delay: `${SLOW_MS}ms`, jitter: "none" },
        },
      ],
    });
    const { id } = await stack.api.start("pausing-retry");
    await stack.untilStep(id, "call", "RETRYING");
    await stack.api.operate(id, "pause");
    await delay(SLOW_MS + 300);
    expect(await stack.api.run(id)).toMatchObject({ status: "PAUSED", attempts: 1 });
    await stack.api.operate(id, "resume");
    await stack.untilEnded([id]);
    expect(await stack.api.run(id)).toMatchObject({ status: "COMPLETED", attempts: 2 });
    await expectSoundRuns(stack, [id]);
  });

  it("operations that the state does not allow are refused with the state", async () => {
    await saveSlow("done", 0);
    const { id } = await stack.api.runToEnd("done");
    const seq = (await stack.api.run(id)).seq;
    for (const operation of ["pause", "resume", "cancel", "retry"] as const) {
      const answer = await stack.api.tryOperate(id, operation);
      expect(answer).toMatchObject({ status: 409, body: { code: "run_state_conflict" } });
      expect(JSON.stringify(answer.body)).toContain("COMPLETED");
    }
    expect(await stack.api.run(id)).toMatchObject({ status: "COMPLETED", seq });
  });
});

describe("cancel", () => {
  it("a canceled run ends at once; the result of the attempt that still runs is recorded, not applied", async () => {
    await saveSlow("canceling", SLOW_MS);
    const { id } = await stack.api.start("canceling");
    await stack.untilStep(id, "slow", "RUNNING");
    const canceled = await stack.api.operate(id, "cancel", { reason: "not needed" });
    expect(canceled).toMatchObject({ status: "CANCELED", steps: [{ status: "CANCELED" }, { status: "CANCELED" }] });
    await stack.untilEvent(id, "LATE_RESULT");
    expect(await stack.api.run(id)).toMatchObject({ status: "CANCELED", output: null, counts: { canceled: 2 } });
    const [stored] = await expectSoundRuns(stack, [id]);
    const end = stored?.events.find(({ type }) => type === "RUN_CANCELED");
    expect(end).toMatchObject({ actor: expect.stringMatching(/^key:/), data: { reason: "not needed" } });
  });
});

describe("retry of a failed run", () => {
  it("goes on from what failed and reuses what is done", async () => {
    await stack.api.save({
      name: "retrying",
      steps: [
        { id: "done", type: "http", with: { url: `${stack.demoUrl}/echo` } },
        {
          id: "fails",
          type: "http",
          with: { url: `${stack.demoUrl}/flaky?fails=1&key=\${{ run.id }}` },
          retry: false,
        },
        { id: "after", type: "transform", with: "${{ steps.fails.body.ok }}" },
      ],
    });
    const failed = await stack.api.runToEnd("retrying");
    expect(failed).toMatchObject({ status: "FAILED", counts: { completed: 1, failed: 1, canceled: 1 } });
    await stack.api.operate(failed.id, "retry");
    await stack.untilEnded([failed.id]);
    expect(await stack.api.run(failed.id)).toMatchObject({ status: "COMPLETED", output: true, error: null });
    const { byKey } = await readDemoCalls(stack.demoUrl);
    expect(byKey).toEqual({ [`${failed.id}:done`]: 1, [`${failed.id}:fails`]: 2 });
    await expectSoundRuns(stack, [failed.id]);
  });

  it("takes a new input, and with `from` runs that step and all that depends on it again", async () => {
    await stack.api.save({
      name: "retrying-from",
      input: { type: "object", properties: { path: { type: "string" } }, required: ["path"] },
      steps: [
        { id: "first", type: "http", with: { url: `${stack.demoUrl}/echo?path=\${{ input.path }}` } },
        { id: "beside", needs: [], type: "http", with: { url: `${stack.demoUrl}/echo` } },
        {
          id: "call",
          needs: ["first"],
          type: "http",
          with: { url: `${stack.demoUrl}\${{ steps.first.body.query.path }}` },
        },
      ],
      output: "${{ steps.call.status }}",
    });
    const failed = await stack.api.runToEnd("retrying-from", { path: "/status/404" });
    expect(failed.status).toBe("FAILED");
    const refused = await stack.api.tryOperate(failed.id, "retry", { input: { path: 1 } });
    expect(refused).toMatchObject({ status: 422, body: { code: "invalid_input" } });
    await stack.api.operate(failed.id, "retry", { from: "first", input: { path: "/status/200" } });
    await stack.untilEnded([failed.id]);
    const run = await stack.api.run(failed.id);
    expect(run).toMatchObject({ status: "COMPLETED", output: 200, input: { path: "/status/200" } });
    expect(run.steps.map(({ key, attempt }) => [key, attempt])).toMatchObject([
      ["first", 2],
      ["beside", 1],
      ["call", 2],
      ["run:output", 1],
    ]);
    await expectSoundRuns(stack, [failed.id]);
  });
});
