// Runs on Node 20 with nothing installed: only node: imports here, and plain JavaScript.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const MODULES = join(ROOT, "node_modules");
const BIN = join(MODULES, ".bin");
const LOCKFILE = join(ROOT, "package-lock.json");
const INSTALLED = join(MODULES, ".package-lock.json");
const STAMP = join(MODULES, ".baton-lock-hash");
const INSTALL_TIMEOUT_MS = 10 * 60_000;
const EXIT_INSTALL_FAILED = 3;
const NODE_MAJOR = 24;
const ENGINE_WARNING = /^npm warn EBADENGINE/iu;

/**
 * Gives the path of the Node 24 that the project installs for itself.
 *
 * @returns {string} An absolute path; the file exists once `ensureInstalled` has returned.
 */
export function node24Path() {
  return join(MODULES, "node", "bin", process.platform === "win32" ? "node.exe" : "node");
}

/**
 * Gives the environment in which the project's tools run: `node` and every tool on the PATH are the installed ones.
 *
 * @returns {NodeJS.ProcessEnv} A copy of this process's environment with `node_modules/.bin` first on the PATH.
 */
export function toolEnvironment() {
  return { ...process.env, PATH: [BIN, pathWithoutProject()].join(delimiter) };
}

/**
 * Installs the locked dependencies when they are missing or older than `package-lock.json`.
 * Prints what it does. Ends the process with exit code 3 when npm fails.
 *
 * @returns {Promise<void>} Resolves when the dependencies and Node 24 are there.
 */
export async function ensureInstalled() {
  const lockHash = createHash("sha256").update(readFileSync(LOCKFILE)).digest("hex");
  if (isCurrent(lockHash)) return;
  console.log("Installing the locked dependencies (npm ci), about a minute...");
  const failure = await runNpmCi();
  if (failure !== null) {
    fail(`npm ci failed (${failure}). Check the network and the lines above, then run the same command again.`);
  }
  if (!existsSync(node24Path())) {
    fail(
      "npm ci did not install Node 24: allow install scripts (npm config set ignore-scripts false), then run it again.",
    );
  }
  writeFileSync(STAMP, lockHash);
}

/**
 * @param {string} lockHash - SHA-256 of the lockfile, in hex.
 * @returns {boolean} Whether what is installed is what the lockfile says.
 */
function isCurrent(lockHash) {
  if (!existsSync(INSTALLED) || !existsSync(node24Path())) return false;
  if (existsSync(STAMP) && readFileSync(STAMP, "utf8") === lockHash) return true;
  // After `npm install <package>` the stamp is old but the tree is right: replacing it would stop what runs from it.
  if (!hasEveryPackage(readPackages(LOCKFILE), readPackages(INSTALLED))) return false;
  writeFileSync(STAMP, lockHash);
  return true;
}

/**
 * @param {Packages} locked - What the lockfile lists.
 * @param {Packages} installed - What npm says it has installed.
 * @returns {boolean} Whether all of it is there; optional packages, made for other platforms, may be missing.
 */
function hasEveryPackage(locked, installed) {
  const needed = Object.entries(locked).filter(([path, { optional }]) => path !== "" && optional !== true);
  return needed.every(([path, { version }]) => installed[path]?.version === version);
}

/**
 * @typedef {Record<string, { version?: string, optional?: boolean }>} Packages
 * @param {string} path - A lockfile of npm.
 * @returns {Packages} Its packages by their folders.
 */
function readPackages(path) {
  return JSON.parse(readFileSync(path, "utf8")).packages ?? {};
}

/**
 * Runs `npm ci`. npm compares what packages ask for with the Node that runs npm. On an older one than theirs it would
 * warn of each, although they run on the Node 24 that comes with them; these lines are left out.
 *
 * @returns {Promise<string | null>} Why it failed, or null.
 */
async function runNpmCi() {
  const child = spawnNpmCi();
  const isOlder = Number(process.versions.node.split(".")[0]) < NODE_MAJOR;
  createInterface({ input: child.stderr }).on("line", (line) => {
    if (!isOlder || !ENGINE_WARNING.test(line)) console.error(line);
  });
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) => resolve(code === 0 ? null : `exit code ${code ?? signal}`));
  });
}

// npm gets neither Node nor tools from the tree that it is about to replace. Under NODE_ENV=production it would leave
// out the development dependencies, and Node 24 is one of them.
function spawnNpmCi() {
  const options = {
    cwd: ROOT,
    stdio: /** @type {["ignore", "inherit", "pipe"]} */ (["ignore", "inherit", "pipe"]),
    timeout: INSTALL_TIMEOUT_MS,
    env: { ...process.env, PATH: pathWithoutProject() },
  };
  const { npm_node_execpath: node, npm_execpath: npm } = process.env;
  const args = ["ci", "--include=dev", "--no-audit", "--no-fund"];
  if (node !== undefined && npm !== undefined && !node.startsWith(MODULES)) {
    return spawn(node, [npm, ...args], options);
  }
  return spawn("npm", args, { ...options, shell: process.platform === "win32" });
}

function pathWithoutProject() {
  const entries = (process.env["PATH"] ?? "").split(delimiter);
  return entries.filter((entry) => !entry.startsWith(MODULES)).join(delimiter);
}

/** @param {string} message - What failed and what to do about it. */
function fail(message) {
  console.error(message);
  process.exit(EXIT_INSTALL_FAILED);
}
