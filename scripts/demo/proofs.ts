import { randomUUID } from "node:crypto";
import type { ApiClient, RunView } from "./api-client.ts";
import { followRun } from "./follow-run.ts";
import type { RunObserver } from "./follow-run.ts";
import type { Reporter, Result } from "./reporter.ts";
import { complaintAboutLog } from "./verify-log.ts";

const START_TIMEOUT_MS = 30_000;
const RESUME_TIMEOUT_MS = 90_000;
/** Long enough that the kill hits the step while it runs. */
const SLOW_MS = 3_000;
const SLOW_STEP = "slow";

/**
 * Kills the Worker runtime in the middle of Multi-Step and watches the run go on.
 *
 * @param client - The API.
 * @param reporter - Whom to show it.
 * @param killRuntime - Kills the runtime (SIGKILL); something else restarts it.
 * @returns As expected when the run completes and its audit log verifies.
 */
export async function proveResume(client: ApiClient, reporter: Reporter, killRuntime: () => void): Promise<Result> {
  const name = "kill";
  const startMs = performance.now();
  const { id } = await client.startRun("multi-step", { slowMs: SLOW_MS }, randomUUID());
  reporter.begin(`${name}: the runtime dies in the middle of multi-step`, id);
  const observer: RunObserver = {
    onRun: (run) => reporter.onRun(run),
    onEvent: (event) => {
      reporter.onEvent(event);
      if (event.type !== "STEP_STARTED" || event.step !== SLOW_STEP || event.attempt !== 1) {
        return;
      }
      killRuntime();
      reporter.progress(
        "  Worker runtime killed (SIGKILL). The lease of its attempt ends within 15 s, then it goes on.",
      );
    },
  };
  const { run, events } = await followRun(client, id, observer, RESUME_TIMEOUT_MS);
  const complaint = complaintAboutResume(run) ?? complaintAboutLog(run, events);
  return { name, run, complaint, durationMs: performance.now() - startMs };
}

/**
 * Starts one run twice at the same time with one `Idempotency-Key`.
 *
 * @param client - The API.
 * @param reporter - Whom to show it.
 * @returns As expected when both starts give one run.
 */
export async function proveSingleStart(client: ApiClient, reporter: Reporter): Promise<Result> {
  const name = "twice";
  const startMs = performance.now();
  const key = randomUUID();
  const [first, second] = await Promise.all([client.startRun("joke", {}, key), client.startRun("joke", {}, key)]);
  reporter.begin(`${name}: two starts with one Idempotency-Key`, first.id);
  const { run } = await followRun(client, first.id, reporter, START_TIMEOUT_MS);
  const durationMs = performance.now() - startMs;
  if (first.id !== second.id) {
    return { name, run, complaint: `two runs: ${first.id} and ${second.id}`, durationMs };
  }
  const replays = [first, second].filter((start) => start.replayed).length;
  const complaint = replays === 1 ? null : `${replays} of the two answers said Idempotent-Replayed, it should be one`;
  return { name, run, complaint, durationMs };
}

function complaintAboutResume(run: RunView): string | null {
  if (run.status !== "COMPLETED") {
    return `the run ended ${run.status}: ${run.error?.message ?? ""}`;
  }
  const slow = run.steps.find((step) => step.key === SLOW_STEP);
  return slow !== undefined && slow.attempt > 1 ? null : `step ${SLOW_STEP} was not interrupted by the kill`;
}
