import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";

const localFileSchema = z.object({
  url: z.string(),
  apiKey: z.string(),
  databaseUrl: z.string(),
  redisUrl: z.string().nullable(),
  gatewayUrl: z.string(),
  gatewayToken: z.string(),
  demoUrl: z.string(),
  pids: z.object({
    stack: z.number(),
    workerd: z.number().nullable(),
    postgres: z.number().nullable(),
    redis: z.number().nullable(),
  }),
});

const keysSchema = z.object({
  apiKey: z.string(),
  databasePassword: z.string(),
  gatewayToken: z.string(),
  signingKey: z.string(),
});

/** Data folders of earlier releases have no key that signs; every other one must be there. */
const keptKeysSchema = keysSchema.partial({ signingKey: true });

/** What a running stack tells other programs, in `local.json` in its data folder. */
export type LocalFile = z.infer<typeof localFileSchema>;

/** The secrets of one data folder, made on first use and kept in `keys.json`. */
export type LocalKeys = z.infer<typeof keysSchema>;

/**
 * Reads what the stack of a data folder last told.
 *
 * @param dataDir - The data folder.
 * @returns The content, or null when there is none that can be read.
 */
export function readLocalFile(dataDir: string): LocalFile | null {
  const parsed = localFileSchema.safeParse(readJson(join(dataDir, "local.json")));
  return parsed.success ? parsed.data : null;
}

/**
 * Writes `local.json`, so that readers see the old content or the new, never a part.
 *
 * @param dataDir - The data folder.
 * @param content - What to tell.
 */
export function writeLocalFile(dataDir: string, content: LocalFile): void {
  writeJson(join(dataDir, "local.json"), content);
}

/**
 * Gives the secrets of a data folder and makes them on first use.
 *
 * @param dataDir - The data folder; it is made when missing.
 * @returns The secrets.
 */
export function loadKeys(dataDir: string): LocalKeys {
  const path = join(dataDir, "keys.json");
  const parsed = keptKeysSchema.safeParse(readJson(path));
  if (parsed.success) {
    const { signingKey, ...kept } = parsed.data;
    const completed = { ...kept, signingKey: signingKey ?? makeSigningKey() };
    if (signingKey === undefined) {
      writeJson(path, completed);
    }
    return completed;
  }
  // The database's password is in it: new keys would lock us out of the old data.
  if (existsSync(path)) {
    throw new Error(`${path} is damaged: restore it, or delete the folder ${dataDir} with its data.`);
  }
  const keys = {
    apiKey: `baton_${randomBytes(24).toString("base64url")}`,
    databasePassword: randomBytes(24).toString("hex"),
    gatewayToken: randomBytes(24).toString("base64url"),
    signingKey: makeSigningKey(),
  };
  writeJson(path, keys);
  return keys;
}

function makeSigningKey(): string {
  return randomBytes(32).toString("base64url");
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as unknown;
  } catch {
    return null;
  }
}

function writeJson(path: string, content: unknown): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
