import { beforeEach, describe, expect, it } from "vitest";
import { forgetDemoCalls, readDemoCalls } from "../stack/demo-calls.ts";
import { expectSoundRuns } from "../stack/sound-runs.ts";
import { useStack } from "../stack/test-stack.ts";
import { waitUntil } from "../stack/wait-until.ts";

const LEASE_MS = 3_000;

/** Locally shards and consumers share a process; this Worker can lose the shard alone. */
const stack = useStack({
  workerEntryPath: `${import.meta.dirname}/abortable-worker.ts`,
  workerVars: { LEASE_MS: String(LEASE_MS) },
});

beforeEach(() => forgetDemoCalls(stack.demoUrl));

async function startCallAndKillShard(workflow: string, slowMs: number): Promise<string> {
  await stack.api.save({
    name: workflow,
    defaults: { retry: { attempts: 3, delay: "50ms" } },
    steps: [
      { id: "slow", type: "http", with: { url: `${stack.demoUrl}/slow?ms=${slowMs}` } },
      { id: "after", type: "transform", with: "${{ steps.slow.body.ms }}" },
    ],
  });
  const { id } = await stack.api.start(workflow);
  await waitUntil(async () => ((await readDemoCalls(stack.demoUrl)).total === 1 ? true : null), {
    until: "the call is under way",
  });
  await stack.api.call("POST", "/fault/kill-shard");
  return id;
}

describe("a shard that dies while its consumers go on", () => {
  it("shard dies while consumers work: their `settle` reaches the new shard with a token that is still current", async () => {
    const id = await startCallAndKillShard("outlived", 2_000);
    await stack.untilEnded([id]);
    const [stored] = await expectSoundRuns(stack, [id]);
    expect(stored).toMatchObject({ run: { status: "COMPLETED" }, steps: [{ attempt: 1 }, { attempt: 1 }] });
    expect(await readDemoCalls(stack.demoUrl)).toMatchObject({ total: 1, byKey: { [`${id}:slow`]: 1 } });
  });

  it("attempt finishes after its lease expired: its result is recorded as `lease_lost`, not applied", async () => {
    // Nobody renews the lease any more, and the call takes longer than what is left of it when the shard dies.
    const id = await startCallAndKillShard("late", LEASE_MS + 5_000);
    // Any request brings the new shard to life, as the cron would.
    await stack.api.call("GET", "/api/health");
    await stack.untilEvent(id, "LATE_RESULT");
    await stack.untilEnded([id]);
    const [stored] = await expectSoundRuns(stack, [id]);
    expect(stored).toMatchObject({ run: { status: "COMPLETED" }, steps: [{ attempt: 2 }, { attempt: 1 }] });
    const slow = stored?.events.filter(({ step }) => step === "slow").map(({ type }) => type);
    expect(slow).toEqual([
      "STEP_STARTED",
      "STEP_FAILED",
      "STEP_RETRYING",
      "STEP_STARTED",
      "LATE_RESULT",
      "STEP_COMPLETED",
    ]);
  });
});
