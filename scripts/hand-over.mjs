// Runs on Node 20 with nothing installed: only node: imports here, and plain JavaScript.
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";
import { ensureInstalled, node24Path, toolEnvironment } from "./bootstrap.mjs";

const FORWARDED = /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]);

/**
 * Installs what is missing and runs a script on Node 24, which gets this process' terminal and signals.
 *
 * @param {string} script - Path of a TypeScript file, relative to this folder.
 * @param {readonly string[]} args - Its arguments.
 * @returns {Promise<number>} Its exit code, once it has ended.
 */
export async function handOver(script, args) {
  await ensureInstalled();
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(node24Path(), [path, ...args], { stdio: "inherit", env: toolEnvironment() });
  // The child decides how it ends; without listeners this process would be gone before it.
  for (const signal of FORWARDED) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => {
    child.once("error", (error) => {
      console.error(`Node 24 at ${node24Path()} did not start: ${error.message}`);
      resolve(3);
    });
    child.once("exit", (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? "SIGTERM"]));
  });
}
