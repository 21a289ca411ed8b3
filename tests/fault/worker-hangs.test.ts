import { describe, expect, it } from "vitest";
import { expectSoundRuns } from "../stack/sound-runs.ts";
import { useStack } from "../stack/test-stack.ts";
import { waitUntil } from "../stack/wait-until.ts";

const LEASE_MS = 2_000;
const ATTEMPTS = 2;
/** Each hang lasts until the watch ends it; then the lease runs out. */
const HANGS_END_MS = 80_000;
const TAKES = { timeout: 120_000 };

const stack = useStack({
  workerEntryPath: `${import.meta.dirname}/hanging-worker.ts`,
  workerVars: { LEASE_MS: String(LEASE_MS) },
});

describe("a runtime that hangs", () => {
  it("Worker runtime hangs in a step: it fails, and takes no other run with it", TAKES, async () => {
    await stack.api.save({
      name: "hanging",
      defaults: { retry: { attempts: ATTEMPTS, delay: "50ms", jitter: "none" } },
      steps: [{ id: "hangs", type: "transform", with: "never" }],
    });
    await stack.api.save({
      name: "bystander",
      steps: [
        { id: "slow", type: "http", with: { url: `${stack.demoUrl}/slow?ms=3000` } },
        { id: "after", type: "transform", with: "${{ steps.slow.body.ms }}" },
      ],
    });
    const bystanders = await Promise.all(Array.from({ length: 5 }, () => stack.api.start("bystander")));
    await Promise.all(bystanders.map(({ id }) => stack.untilStep(id, "slow", "RUNNING")));
    const hangingPid = stack.stack.info.pids.workerd;
    // Whether its answer leaves before the loop begins is a matter of luck.
    const hanging = await waitUntil(async () => stack.api.start("hanging", { idempotencyKey: "hanging" }), {
      until: "the start is answered",
      timeoutMs: HANGS_END_MS,
    });
    const ids = [hanging.id, ...bystanders.map(({ id }) => id)];
    await stack.untilEnded(ids, HANGS_END_MS);

    const runs = await expectSoundRuns(stack, ids);
    const hung = runs.find(({ run }) => run.id === hanging.id);
    const others = runs.filter(({ run }) => run.id !== hanging.id);
    expect(others.map(({ run }) => run.status)).toEqual(others.map(() => "COMPLETED"));
    expect(hung).toMatchObject({ run: { status: "FAILED" }, steps: [{ status: "FAILED", attempt: ATTEMPTS }] });
    const answer = await stack.api.call("GET", `/api/runs/${hanging.id}`);
    expect(answer.body).toMatchObject({
      error: { code: "lease_expired", message: expect.stringContaining("The step itself may be what stops them") },
    });
    expect(stack.stack.info.pids.workerd).not.toBe(hangingPid);
    // Nothing hangs any more.
    const next = await waitUntil(async () => stack.api.start("bystander"), { until: "the next start is answered" });
    await stack.untilEnded([next.id]);
  });
});
