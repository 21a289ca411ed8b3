import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { LocalFile } from "./local-file.ts";
import { isRunning } from "./processes.ts";

const END_TIMEOUT_MS = 10_000;
const POLL_MS = 20;

/**
 * Tells whether the stack that wrote `local.json` still runs.
 *
 * @param info - The content of `local.json`.
 * @returns Whether its process is there.
 */
export function runsStack(info: LocalFile): boolean {
  return isRunning(info.pids.stack, "node");
}

/**
 * Ends the Worker runtime and the Redis that a killed stack left behind, so that their ports are free again.
 *
 * @param previous - The content of its `local.json`; that stack itself is gone.
 */
export async function endOrphans(previous: LocalFile): Promise<void> {
  const { workerd, redis } = previous.pids;
  await Promise.all([endProcess(workerd, "workerd", "SIGKILL"), endProcess(redis, "redis-server", "SIGKILL")]);
}

/**
 * Ends the PostgreSQL that a killed stack left running on its data, and removes the pid file of one that is gone: a
 * new one would refuse to start beside either.
 *
 * @param clusterDir - The folder of the data.
 */
export async function endOrphanedPostgres(clusterDir: string): Promise<void> {
  const path = join(clusterDir, "postmaster.pid");
  const [firstLine] = readText(path).split("\n");
  const pid = Number(firstLine);
  await endProcess(pid, clusterDir, "SIGINT");
  // Any PostgreSQL may be one on this data, started by hand: whether it is, the new one finds out.
  if (!isRunning(pid, "postgres") && !isRunning(pid, "postmaster")) {
    rmSync(path, { force: true });
  }
}

/** The word is looked for in the command line: process ids are used again. */
async function endProcess(pid: number | null, word: string, signal: NodeJS.Signals): Promise<void> {
  if (pid === null || !isRunning(pid, word)) {
    return;
  }
  process.kill(pid, signal);
  const end = performance.now() + END_TIMEOUT_MS;
  while (isRunning(pid, word)) {
    if (performance.now() > end) {
      throw new Error(`Process ${pid} (${word}) of an earlier run does not end: stop it by hand.`);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
