import { randomUUID } from "node:crypto";
import type { ApiClient } from "./api-client.ts";
import { complaintAbout } from "./demos.ts";
import type { DemoName } from "./demos.ts";
import { followRun } from "./follow-run.ts";
import type { DemoOptions } from "./options.ts";
import { proveResume, proveSingleStart } from "./proofs.ts";
import type { Reporter, Result } from "./reporter.ts";
import { complaintAboutLog } from "./verify-log.ts";

const RUN_TIMEOUT_MS = 60_000;
const PAUSE_MS = 2_500;

/** What the demos run with. */
export interface DemoSession {
  readonly options: Pick<DemoOptions, "demos" | "proofs" | "slow">;
  readonly client: ApiClient;
  readonly reporter: Reporter;
  /** Kills the Worker runtime; null where that cannot be done. */
  readonly killRuntime: (() => void) | null;
}

/**
 * Runs the demos, one after the other, and then the proofs.
 *
 * @param session - What to run, and with what.
 * @returns One result for each. Whatever goes wrong is in them.
 */
export async function runDemos(session: DemoSession): Promise<readonly Result[]> {
  const { client, reporter, killRuntime, options } = session;
  const works = new Map<string, () => Promise<Result>>();
  for (const name of options.demos) {
    works.set(name, () => runDemo(client, reporter, name));
  }
  if (options.proofs) {
    if (killRuntime === null) {
      reporter.progress("The kill is left out: it needs a Baton on this machine.");
    } else {
      works.set("kill", () => proveResume(client, reporter, killRuntime));
    }
    works.set("twice", () => proveSingleStart(client, reporter));
  }
  const results: Result[] = [];
  for (const [name, work] of works) {
    if (options.slow && results.length > 0) {
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    const result = await work().catch((error: unknown) => failed(name, error));
    reporter.end(result);
    results.push(result);
  }
  return results;
}

async function runDemo(client: ApiClient, reporter: Reporter, name: DemoName): Promise<Result> {
  const startMs = performance.now();
  const { id } = await client.startRun(name, {}, randomUUID());
  reporter.begin(name, id);
  const { run, events } = await followRun(client, id, reporter, RUN_TIMEOUT_MS);
  const complaint = complaintAbout(name, run) ?? complaintAboutLog(run, events);
  return { name, run, complaint, durationMs: performance.now() - startMs };
}

function failed(name: string, error: unknown): Result {
  return { name, run: null, complaint: error instanceof Error ? error.message : String(error), durationMs: 0 };
}
