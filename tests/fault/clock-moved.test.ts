import { describe, expect, it } from "vitest";
import { queueKey } from "../../src/adapters/redis/keys.ts";
import { expectSoundRuns } from "../stack/sound-runs.ts";
import { useStack } from "../stack/test-stack.ts";
import { waitUntil } from "../stack/wait-until.ts";

const HOUR_MS = 3_600_000;

/** Room for one attempt, so that a second step waits for it. */
const stack = useStack({ workerVars: { CONCURRENCY: "1", LEASE_MS: "1000" } });

/**
 * Makes what is stored look as if the clock had been an hour ahead so far, which is what a clock that is set back by an
 * hour leaves: all instants of the run, and the scores of its messages.
 */
async function moveClockBack(runId: string): Promise<void> {
  await stack.sql`
    update steps set available_at = available_at + interval '1 hour', queued_at = queued_at + interval '1 hour',
      started_at = started_at + interval '1 hour', ended_at = ended_at + interval '1 hour'
    where run_id = ${runId}`;
  await stack.sql`
    update runs set created_at = created_at + interval '1 hour', started_at = started_at + interval '1 hour',
      deadline_at = deadline_at + interval '1 hour' where id = ${runId}`;
  for (const member of await stack.queued()) {
    const score = Number(await stack.redis("ZSCORE", queueKey(0), member));
    await stack.redis("ZADD", queueKey(0), score + HOUR_MS, member);
  }
}

describe("a clock that is set back by an hour", () => {
  it("the clock moves back (a backoff, a lost attempt and a step that is ready): the sweeper finds what waits too long; no wait is longer than it was when it began", async () => {
    await stack.api.save({
      name: "set-back",
      defaults: { retry: { attempts: 3, delay: "500ms", backoff: "fixed", jitter: "none" } },
      steps: [
        { id: "flaky", needs: [], type: "http", with: { url: `${stack.demoUrl}/flaky?fails=1&key=\${{ run.id }}` } },
        { id: "lost", needs: [], type: "http", with: { url: `${stack.demoUrl}/slow?ms=4000` } },
        { id: "ready", needs: [], type: "http", with: { url: `${stack.demoUrl}/echo` } },
      ],
    });
    const { id } = await stack.api.start("set-back");
    await stack.untilStep(id, "lost", "RUNNING");
    await stack.stack.holdWorker();
    const before = await stack.sql<{ key: string; status: string }[]>`
      select key, status from steps where run_id = ${id} and key <> 'run:output' order by position`;
    expect(before.map(({ key, status }) => [key, status])).toEqual([
      ["flaky", "RETRYING"],
      ["lost", "RUNNING"],
      ["ready", "PENDING"],
    ]);
    await moveClockBack(id);
    await stack.stack.resumeWorker();
    await stack.untilEnded([id]);
    const [stored] = await expectSoundRuns(stack, [id]);
    expect(stored?.run.status).toBe("COMPLETED");
    expect(stored?.steps.map(({ attempt }) => attempt)).toEqual([2, 2, 1]);
  });

  it("the clock moves back (the deadline of a run): the sweeper finds what waits too long; no wait is longer than it was when it began", async () => {
    await stack.api.save({
      name: "set-back-deadline",
      timeout: "3s",
      steps: [{ id: "slow", type: "http", with: { url: `${stack.demoUrl}/slow?ms=20000` } }],
    });
    const { id } = await stack.api.start("set-back-deadline");
    await stack.untilStep(id, "slow", "RUNNING");
    await moveClockBack(id);
    // The only place is taken by the step: the cron sees to what needs none.
    await waitUntil(
      async () => {
        await stack.stack.triggerScheduled();
        return (await stack.api.run(id)).status === "FAILED" ? true : null;
      },
      { until: "the run has met its timeout" },
    );
    expect(await stack.api.run(id)).toMatchObject({ error: { code: "run_timeout" }, durationMs: 0 });
  });
});
