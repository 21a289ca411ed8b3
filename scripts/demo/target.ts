import { join, resolve } from "node:path";
import type { LocalFile } from "../stack/local-file.ts";
import { PROJECT_ROOT } from "../stack/project-root.ts";
import { type DemoUpstream, seedDemoWorkflows } from "../stack/seed.ts";
import { checkBaton } from "./check-baton.ts";
import { openLocalBaton } from "./local-baton.ts";
import type { DemoOptions } from "./options.ts";

type Report = (message: string) => void;

/** The Baton that the demo talks to. */
export interface Target {
  /** Address of the API and the dashboard, without a slash at its end. */
  readonly url: string;
  readonly apiKey: string;
  /** Address of the dashboard for people; with the key in it when the Baton is one of this machine. */
  readonly dashboardUrl: string;
  /** Whether it ends with the demo. */
  readonly isTemporary: boolean;
  /** The Worker's log, or null when it is not on this machine. */
  readonly workerLogPath: string | null;
  /** Kills the Worker runtime (SIGKILL); null when it is not on this machine. */
  readonly killRuntime: (() => void) | null;
  /** Stops it if this demo started it and was not asked to keep it. */
  close(): Promise<void>;
}

/**
 * Finds or starts the Baton that the demo talks to.
 *
 * @param options - What was asked for.
 * @param report - Takes progress.
 * @returns The Baton, ready. Throws `EnvironmentError` when there is none.
 */
export async function openTarget(options: DemoOptions, report: Report): Promise<Target> {
  if (options.apiUrl !== null) {
    return openRemote(options.apiUrl, options.upstream, report);
  }
  const dataDir = resolve(process.env["BATON_DATA_DIR"] ?? join(PROJECT_ROOT, ".baton"));
  const baton = await openLocalBaton({ dataDir, mayStart: !options.noStart, keep: options.keep, report });
  const { url, apiKey } = baton.info();
  if (baton.isRunning) {
    await checkBaton(url, apiKey);
    await saveForUpstream(options.upstream, baton.info(), report);
  }
  return {
    url,
    apiKey,
    dashboardUrl: `${url}/#key=${encodeURIComponent(apiKey)}`,
    isTemporary: baton.isTemporary,
    workerLogPath: join(dataDir, "log", "worker.log"),
    killRuntime: () => {
      // The runtime has a new process id after each restart.
      const { workerd } = baton.info().pids;
      if (workerd === null) {
        throw new Error("local.json names no Worker runtime to kill.");
      }
      process.kill(workerd, "SIGKILL");
    },
    close: () => baton.close(),
  };
}

/** One that is started saves its demo workflows by itself; one that runs already may have others than are wanted. */
async function saveForUpstream(upstream: DemoUpstream | null, info: LocalFile, report: Report): Promise<void> {
  if (upstream === null) {
    return;
  }
  report(`Saving the demo workflows for DEMO_UPSTREAM=${upstream}.`);
  const { url, apiKey, demoUrl } = info;
  await seedDemoWorkflows({ url, apiKey, demoUrl, upstream });
}

async function openRemote(url: string, upstream: DemoUpstream | null, report: Report): Promise<Target> {
  const apiKey = process.env["BATON_API_KEY"] ?? "";
  await checkBaton(url, apiKey);
  if (upstream !== null) {
    report("DEMO_UPSTREAM is left out: it is for a Baton that npm start runs here, or that this demo starts.");
  }
  return {
    url,
    apiKey,
    // Others must not see the key, and what is printed is often kept.
    dashboardUrl: `${url}/`,
    isTemporary: false,
    workerLogPath: null,
    killRuntime: null,
    close: async () => undefined,
  };
}
