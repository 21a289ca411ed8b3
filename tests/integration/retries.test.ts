import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/domain/json.ts";
import { forgetDemoCalls, readDemoCalls } from "../stack/demo-calls.ts";
import { expectSoundRuns } from "../stack/sound-runs.ts";
import { useStack } from "../stack/test-stack.ts";

const stack = useStack();

beforeEach(() => forgetDemoCalls(stack.demoUrl));

/** A retry that nobody has woken the shard for would begin with the next sweep, up to a minute later. */
const LATE_MS_MAX = 5_000;

/** Longer than anything else that these tests wait for: what is given up in time has not waited for its call. */
const SLOW_MS = 6_000;

async function saveCall(name: string, path: string, more: JsonObject = {}): Promise<void> {
  await stack.api.save({
    name,
    steps: [{ id: "call", type: "http", with: { url: `${stack.demoUrl}${path}` }, ...more }],
  });
}

/** How long after the end of the attempt before it each attempt began. */
function waitsOf(
  attempts: readonly { readonly startedAt: string | null; readonly endedAt: string | null }[],
): readonly number[] {
  return attempts
    .slice(1)
    .map(({ startedAt }, index) => Date.parse(startedAt ?? "") - Date.parse(attempts[index]?.endedAt ?? ""));
}

describe("retries", () => {
  it("a call that fails twice is repeated after the backoff, with one key, and each attempt is on record", async () => {
    const retry = { attempts: 3, delay: "200ms", backoff: "exponential", jitter: "none" };
    await saveCall("flaky-twice", "/flaky?fails=2&key=${{ run.id }}", { retry });
    const run = await stack.api.runToEnd("flaky-twice");
    expect(run).toMatchObject({ status: "COMPLETED", attempts: 3 });
    const { attempts } = await stack.api.step(run.id, "call");
    expect(attempts).toMatchObject([
      { attempt: 1, status: "FAILED", retryDelayMs: 200, error: { code: "http_status", http: { status: 503 } } },
      { attempt: 2, status: "FAILED", retryDelayMs: 400 },
      { attempt: 3, status: "COMPLETED", retryDelayMs: null, error: null },
    ]);
    const waits = waitsOf(attempts);
    expect(waits[0]).toBeGreaterThanOrEqual(200);
    expect(waits[1]).toBeGreaterThanOrEqual(400);
    expect(Math.max(...waits)).toBeLessThan(400 + LATE_MS_MAX);
    const calls = await readDemoCalls(stack.demoUrl);
    expect(calls.byKey).toEqual({ [`${run.id}:call`]: 3 });
    const [stored] = await expectSoundRuns(stack, [run.id]);
    const types = stored?.events.map(({ type, from, to }) => `${type} ${from}>${to}`);
    expect(types).toContain("STEP_FAILED RUNNING>FAILED");
    expect(types).toContain("STEP_RETRYING FAILED>RETRYING");
    expect(types).toContain("RUN_RETRYING RUNNING>RETRYING");
  });

  it("a run fails when its attempts are used up", async () => {
    await saveCall("always-503", "/status/503", { retry: { attempts: 3, delay: "50ms" } });
    const run = await stack.api.runToEnd("always-503");
    expect(run).toMatchObject({ status: "FAILED", attempts: 3, error: { code: "http_status", attempt: 3 } });
    await expectSoundRuns(stack, [run.id]);
  });

  it("a refusal that another try cannot change is not repeated", async () => {
    await saveCall("always-404", "/status/404", { retry: { attempts: 5, delay: "50ms" } });
    const run = await stack.api.runToEnd("always-404");
    expect(run).toMatchObject({ status: "FAILED", attempts: 1, error: { http: { status: 404 } } });
    await expectSoundRuns(stack, [run.id]);
  });

  it("`Retry-After` holds the next attempt back, up to `maxDelay`", async () => {
    const retry = { attempts: 2, delay: "10ms", jitter: "none" };
    await saveCall("asked-to-wait", "/status/429?retryAfter=1", { retry });
    await saveCall("asked-for-long", "/status/429?retryAfter=3600", { retry: { ...retry, maxDelay: "300ms" } });
    const runs = await Promise.all([stack.api.runToEnd("asked-to-wait"), stack.api.runToEnd("asked-for-long")]);
    const details = await Promise.all(runs.map(({ id }) => stack.api.step(id, "call")));
    expect(details.map(({ attempts }) => attempts[0]?.retryDelayMs)).toEqual([1_000, 300]);
    expect(waitsOf(details[0]?.attempts ?? [])[0]).toBeGreaterThanOrEqual(1_000);
    await expectSoundRuns(
      stack,
      runs.map(({ id }) => id),
    );
  });

  it("a host that refuses connections is tried again", async () => {
    await stack.api.save({
      name: "nobody-there",
      steps: [
        { id: "call", type: "http", with: { url: "http://127.0.0.1:9/" }, retry: { attempts: 2, delay: "10ms" } },
      ],
    });
    const run = await stack.api.runToEnd("nobody-there");
    expect(run).toMatchObject({ status: "FAILED", attempts: 2, error: { code: "network_error" } });
  });
});

describe("deadlines", () => {
  it("an attempt that takes longer than its `timeout` fails with `timeout` and is repeated", async () => {
    await saveCall("too-slow", `/slow?ms=${SLOW_MS}`, { timeout: "200ms", retry: { attempts: 2, delay: "10ms" } });
    const run = await stack.api.runToEnd("too-slow");
    expect(run).toMatchObject({ status: "FAILED", attempts: 2, error: { code: "timeout" } });
    expect(run.durationMs).toBeLessThan(SLOW_MS);
    await expectSoundRuns(stack, [run.id]);
  });

  it("a run that does not end before its `timeout` fails; its attempt loses its lease, and the late result is recorded", async () => {
    await stack.api.save({
      name: "run-too-slow",
      timeout: "500ms",
      steps: [
        { id: "slow", type: "http", with: { url: `${stack.demoUrl}/slow?ms=${SLOW_MS}` } },
        { id: "never", type: "transform", with: randomUUID() },
      ],
    });
    const run = await stack.api.runToEnd("run-too-slow");
    expect(run).toMatchObject({ status: "FAILED", error: { code: "run_timeout", step: null } });
    expect(run.durationMs).toBeLessThan(SLOW_MS);
    expect(run.steps.map(({ status }) => status)).toEqual(["CANCELED", "CANCELED"]);
    await stack.untilEvent(run.id, "LATE_RESULT");
    await expectSoundRuns(stack, [run.id]);
  });
});
