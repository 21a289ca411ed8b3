import { join, resolve } from "node:path";
import { PROJECT_ROOT } from "../stack/project-root.ts";
import { openLocalBaton } from "./local-baton.ts";
import type { DemoOptions } from "./options.ts";

/** The Baton that the demo talks to. */
export interface Target {
  /** Address of the API and the dashboard, without a slash at its end. */
  readonly url: string;
  readonly apiKey: string;
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
export async function openTarget(options: DemoOptions, report: (message: string) => void): Promise<Target> {
  if (options.apiUrl !== null) {
    return remoteTarget(options.apiUrl);
  }
  const dataDir = resolve(process.env["BATON_DATA_DIR"] ?? join(PROJECT_ROOT, ".baton"));
  const baton = await openLocalBaton({ dataDir, mayStart: !options.noStart, keep: options.keep, report });
  const { url, apiKey } = baton.info();
  return {
    url,
    apiKey,
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

function remoteTarget(url: string): Target {
  return {
    url,
    apiKey: process.env["BATON_API_KEY"] ?? "",
    isTemporary: false,
    workerLogPath: null,
    killRuntime: null,
    close: async () => undefined,
  };
}
