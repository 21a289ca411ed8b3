import { mkdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readLocalFile } from "./local-file.ts";
import { listProcesses } from "./processes.ts";

const GUARD_TRIES_MAX = 100;
const GUARD_WAIT_MS = 20;
/** The guard is held for some milliseconds, so one as old as this was left by a process that was killed. */
const GUARD_MS_MAX = 10_000;

/**
 * Makes this process the only one that may run a stack on a data folder: two of them would damage it.
 *
 * @param dataDir - The data folder, absolute; made when missing.
 * @returns Gives the folder free again. Throws when another stack runs on it.
 */
export function lockDataDir(dataDir: string): () => void {
  const path = join(dataDir, "stack.pid");
  mkdirSync(dataDir, { recursive: true });
  guarded(join(dataDir, "stack.pid.guard"), () => {
    const owner = findOwner(path);
    if (owner !== null) {
      const url = readLocalFile(dataDir)?.url;
      throw new Error(
        `Baton already runs with the data in ${dataDir}${url === undefined ? "" : `, at ${url}`} (process ${owner}). ` +
          "Stop it, or give this one a folder of its own with BATON_DATA_DIR.",
      );
    }
    writeFileSync(path, `${process.pid} ${startOf(process.pid) ?? ""}\n`);
  });
  return () => rmSync(path, { force: true });
}

/** Two starts at once must not both find the folder free. Making a folder is what only one of them can do. */
function guarded(path: string, work: () => void): void {
  for (let tries = 0; !makeFolder(path); tries += 1) {
    if (tries > GUARD_TRIES_MAX) {
      throw new Error(`Another Baton is just being started on this data: try again. (Else delete ${path}.)`);
    }
    // Synchronous, as nothing else of this process has begun yet.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, GUARD_WAIT_MS);
  }
  try {
    work();
  } finally {
    rmdirSync(path);
  }
}

function makeFolder(path: string): boolean {
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) {
      throw error;
    }
    const madeAtMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - madeAtMs > GUARD_MS_MAX) {
      rmSync(path, { recursive: true, force: true });
    }
    return false;
  }
}

/** Ids are used again, in a restarted container nearly always: a process is the owner when it also began then. */
function findOwner(path: string): number | null {
  const [pid, start] = readText(path).trim().split(" ");
  const owner = Number(pid);
  return owner > 0 && start !== undefined && startOf(owner) === start ? owner : null;
}

function startOf(pid: number): string | null {
  return listProcesses().find((line) => line.pid === pid)?.start ?? null;
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
