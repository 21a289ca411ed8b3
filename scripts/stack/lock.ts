import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readLocalFile } from "./local-file.ts";
import { isRunning } from "./processes.ts";

/**
 * Makes this process the only one that may run a stack on a data folder: two of them would damage it.
 *
 * @param dataDir - The data folder, absolute; made when missing.
 * @returns Gives the folder free again. Throws when another stack runs on it.
 */
export function lockDataDir(dataDir: string): () => void {
  const path = join(dataDir, "stack.pid");
  mkdirSync(dataDir, { recursive: true });
  const owner = readPid(path);
  if (owner !== null && isRunning(owner, "node")) {
    const url = readLocalFile(dataDir)?.url;
    throw new Error(
      `Baton already runs with the data in ${dataDir}${url === undefined ? "" : `, at ${url}`} (process ${owner}). ` +
        "Stop it, or give this one a folder of its own with BATON_DATA_DIR.",
    );
  }
  writeFileSync(path, `${process.pid}\n`);
  return () => rmSync(path, { force: true });
}

function readPid(path: string): number | null {
  try {
    return Number(readFileSync(path, "utf8"));
  } catch {
    return null;
  }
}
