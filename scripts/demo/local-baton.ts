import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readLocalFile } from "../stack/local-file.ts";
import type { LocalFile } from "../stack/local-file.ts";
import { runsStack } from "../stack/orphans.ts";
import { PROJECT_ROOT } from "../stack/project-root.ts";

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;
const POLL_MS = 50;
const LOG_LINES = 5;

/** The Baton on this machine that the demo uses. */
export interface LocalBaton {
  /** What its `local.json` says now: process ids change when parts are restarted. */
  info(): LocalFile;
  /** Whether it ran before the demo did. */
  readonly isRunning: boolean;
  /** Whether it ends with the demo. */
  readonly isTemporary: boolean;
  /** Stops it if this demo started it and was not asked to keep it. */
  close(): Promise<void>;
}

/** Baton is not there and cannot be started. The message says how to fix it. */
export class EnvironmentError extends Error {}

/**
 * Uses the Baton that runs with the data folder, or starts one.
 *
 * @param options - `dataDir`: absolute; `mayStart`: whether to start one; `keep`: whether to leave it running;
 * `report`: takes progress.
 * @returns The Baton, ready. Throws `EnvironmentError` when there is none.
 */
export async function openLocalBaton(options: {
  readonly dataDir: string;
  readonly mayStart: boolean;
  readonly keep: boolean;
  readonly report: (message: string) => void;
}): Promise<LocalBaton> {
  const running = readLocalFile(options.dataDir);
  if (running !== null && runsStack(running)) {
    options.report(`Using the Baton that runs at ${running.url}.`);
    return {
      info: () => readLocalFile(options.dataDir) ?? running,
      isRunning: true,
      isTemporary: false,
      close: async () => undefined,
    };
  }
  if (!options.mayStart) {
    throw new EnvironmentError("No Baton runs here: start one with npm start, or leave out --no-start.");
  }
  options.report("Starting Baton: PostgreSQL, Redis, demo API and the Worker...");
  return startBaton(options.dataDir, options.keep);
}

async function startBaton(dataDir: string, keep: boolean): Promise<LocalBaton> {
  const logPath = join(dataDir, "log", "stack.log");
  mkdirSync(join(dataDir, "log"), { recursive: true });
  const log = openSync(logPath, "w", 0o600);
  const child = spawn(process.execPath, [join(PROJECT_ROOT, "scripts", "stack", "start.ts")], {
    // A session of its own: Ctrl-C is for the demo, which then stops Baton, or not with --keep.
    detached: true,
    stdio: ["ignore", log, log],
    env: { ...process.env, BATON_DATA_DIR: dataDir },
  });
  closeSync(log);
  const stopAtExit = (): void => void child.kill("SIGTERM");
  process.on("exit", stopAtExit);
  const first = await waitUntilReady(child, dataDir, logPath);
  if (keep) {
    process.off("exit", stopAtExit);
  }
  return {
    info: () => readLocalFile(dataDir) ?? first,
    isRunning: false,
    isTemporary: !keep,
    close: async () => {
      if (!keep) {
        await stopChild(child);
      }
    },
  };
}

async function waitUntilReady(child: ChildProcess, dataDir: string, logPath: string): Promise<LocalFile> {
  const end = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < end && child.exitCode === null && child.signalCode === null) {
    const info = readLocalFile(dataDir);
    if (info !== null && info.pids.stack === child.pid && readText(logPath).includes("Baton is ready")) {
      return info;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  await stopChild(child);
  const tail = readText(logPath).trim().split("\n").slice(-LOG_LINES).join("\n");
  throw new EnvironmentError(`Baton did not start. The end of ${logPath}:\n${tail}`);
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) {
    return;
  }
  const exited = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
  await exited;
  clearTimeout(timer);
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
