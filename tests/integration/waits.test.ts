import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { Json, JsonObject } from "../../src/domain/json.ts";
import { expectSoundRuns } from "../stack/sound-runs.ts";
import { useStack } from "../stack/test-stack.ts";

const stack = useStack();

const TIMED = { payload: null, by: null, timedOut: false };

async function saveWait(name: string, parameters: JsonObject, more: JsonObject = {}): Promise<void> {
  await stack.api.save({ name, steps: [{ id: "pause", type: "wait", with: parameters }], ...more });
}

async function why(id: string): Promise<{ readonly reason: string; readonly sentence: string }> {
  const { body } = await stack.api.call("GET", `/api/runs/${id}/why`);
  return z.object({ reason: z.string(), sentence: z.string() }).parse(body);
}

describe("a wait for a time", () => {
  it("is over when the time has passed, and not before", async () => {
    await saveWait("for-a-while", { for: "${{ input }}" });
    const { id } = await stack.api.start("for-a-while", { input: "700ms" });
    await stack.untilStep(id, "pause", "WAITING");
    const { waitingFor, availableAt, startedAt } = await stack.api.step(id, "pause");
    expect(waitingFor).toEqual({ kind: "timer", until: availableAt });
    expect(Date.parse(availableAt ?? "")).toBeGreaterThanOrEqual(Date.parse(startedAt ?? "") + 700);
    expect(await stack.api.run(id)).toMatchObject({ status: "WAITING" });
    expect(await why(id)).toMatchObject({ reason: "waits_for_time", sentence: expect.stringContaining("pause") });
    await stack.untilEnded([id]);
    expect(await stack.api.run(id)).toMatchObject({ status: "COMPLETED", output: TIMED });
    const { endedAt } = await stack.api.step(id, "pause");
    expect(Date.parse(endedAt ?? "")).toBeGreaterThanOrEqual(Date.parse(availableAt ?? ""));
    await expectSoundRuns(stack, [id]);
  });

  it("until an instant that is past is over at once", async () => {
    await saveWait("until-past", { until: "${{ input }}" });
    const run = await stack.api.runToEnd("until-past", "2020-01-01T00:00:00Z");
    expect(run).toMatchObject({ status: "COMPLETED", output: TIMED });
    await expectSoundRuns(stack, [run.id]);
  });

  it("until an instant is over then, whether it is text or milliseconds", async () => {
    await saveWait("until", { until: "${{ input }}" });
    const due = Date.now() + 1_500;
    const started = await Promise.all(
      [due, new Date(due).toISOString()].map(async (input) => stack.api.start("until", { input })),
    );
    const ids = started.map(({ id }) => id);
    await stack.untilEnded(ids);
    for (const id of ids) {
      const { endedAt } = await stack.api.step(id, "pause");
      expect(Date.parse(endedAt ?? "")).toBeGreaterThanOrEqual(due);
    }
    await expectSoundRuns(stack, ids);
  });

  const wrong: readonly (readonly [string, JsonObject, Json, string])[] = [
    ["no duration", { for: "${{ input }}" }, "soon", '`for`: "soon" is no duration'],
    ["no instant", { until: "${{ input }}" }, "tomorrow", '`until`: "tomorrow" is no instant'],
    ["seconds", { until: "${{ input }}" }, 1_900_000_000, "multiply seconds by 1000"],
    ["no timeout", { signal: "go", timeout: "${{ input }}" }, null, "`timeout`: null is no duration"],
  ];
  it.for(wrong)("that is %s fails its step and says what to write", async ([, parameters, input, message]) => {
    await saveWait("wrong", parameters);
    const run = await stack.api.runToEnd("wrong", input);
    expect(run).toMatchObject({ status: "FAILED", error: { code: "wait_params", step: "pause", attempt: 1 } });
    expect(run.error?.message).toContain(message);
    await expectSoundRuns(stack, [run.id]);
  });

  it("passes in a pause, and what comes after it waits for the end of the pause", async () => {
    await stack.api.save({
      name: "paused",
      steps: [
        { id: "pause", type: "wait", with: { for: "600ms" } },
        { id: "after", type: "transform", with: "done" },
      ],
    });
    const { id } = await stack.api.start("paused");
    await stack.untilStep(id, "pause", "WAITING");
    await stack.api.operate(id, "pause");
    await stack.untilStep(id, "pause", "COMPLETED");
    expect(await stack.api.run(id)).toMatchObject({ status: "PAUSED", steps: [{}, { status: "PENDING", attempt: 0 }] });
    await stack.api.operate(id, "resume");
    await stack.untilEnded([id]);
    expect(await stack.api.run(id)).toMatchObject({ status: "COMPLETED", output: "done" });
    await expectSoundRuns(stack, [id]);
  });

  it("ends with its run when that has taken too long", async () => {
    await saveWait("too-long", { for: "1d" }, { timeout: "1s" });
    const { id } = await stack.api.start("too-long");
    await stack.untilEnded([id]);
    expect(await stack.api.run(id)).toMatchObject({
      status: "FAILED",
      error: { code: "run_timeout" },
      steps: [{ status: "CANCELED" }],
    });
    await expectSoundRuns(stack, [id]);
  });
});

describe("a wait for a signal", () => {
  it("is over when its time is up, and says so", async () => {
    await saveWait("unanswered", { signal: "go", timeout: "${{ input }}" });
    const { id } = await stack.api.start("unanswered", { input: "600ms" });
    await stack.untilStep(id, "pause", "WAITING");
    expect(await stack.api.step(id, "pause")).toMatchObject({
      input: { signal: "go", timeout: "600ms" },
      waitingFor: { kind: "signal", name: "go", schema: null },
    });
    expect((await why(id)).sentence).toContain(`POST /api/runs/${id}/signals/go`);
    await stack.untilEnded([id]);
    expect(await stack.api.run(id)).toMatchObject({ status: "COMPLETED", output: { ...TIMED, timedOut: true } });
    await expectSoundRuns(stack, [id]);
  });

  it("takes the signals of its name in the order in which they came, one each", async () => {
    await stack.api.save({
      name: "in-turn",
      steps: [
        { id: "before", type: "wait", with: { for: "1s" } },
        { id: "first", type: "wait", with: { signal: "go" } },
        { id: "second", type: "wait", with: { signal: "go" } },
        { id: "both", type: "transform", with: ["${{ steps.first.payload }}", "${{ steps.second.payload }}"] },
      ],
    });
    const { id } = await stack.api.start("in-turn");
    for (const payload of ["one", "two"]) {
      expect(await stack.api.call("POST", `/api/runs/${id}/signals/go`, payload)).toMatchObject({ status: 202 });
    }
    await stack.untilEnded([id]);
    expect(await stack.api.run(id)).toMatchObject({ status: "COMPLETED", output: ["one", "two"] });
    await expectSoundRuns(stack, [id]);
  });

  it("that is run again after a retry takes a signal that was kept, and not the one it took before", async () => {
    await stack.api.save({
      name: "asked-again",
      steps: [
        { id: "ask", type: "wait", with: { signal: "go" } },
        {
          id: "check",
          type: "http",
          retry: { attempts: 1 },
          with: { url: `${stack.demoUrl}/status/\${{ steps.ask.payload }}` },
        },
      ],
      output: "${{ steps.ask.payload }}",
    });
    const { id } = await stack.api.start("asked-again");
    await stack.api.call("POST", `/api/runs/${id}/signals/go`, 404);
    await stack.untilEnded([id]);
    expect(await stack.api.run(id)).toMatchObject({ status: "FAILED", error: { step: "check" } });
    await stack.api.operate(id, "retry", { from: "ask" });
    await stack.untilStep(id, "ask", "WAITING");
    await stack.api.call("POST", `/api/runs/${id}/signals/go`, 200);
    await stack.untilEnded([id]);
    expect(await stack.api.run(id)).toMatchObject({ status: "COMPLETED", output: 200 });
    await expectSoundRuns(stack, [id]);
  });
});
