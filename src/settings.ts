import { SHARDS_MAX } from "./domain/ids.ts";
import type { Env, SettingProblem, Settings } from "./env.ts";

const CONCURRENCY_DEFAULT = 256;
const LEASE_MS_DEFAULT = 15_000;
const API_KEY_LENGTH_MIN = 16;
const SIGNING_KEY_LENGTH_MIN = 32;
const SIGNAL_URL_DAYS_DEFAULT = 30;
const SIGNAL_URL_DAYS_MAX = 365;
const DAY_MS = 24 * 60 * 60 * 1000;

/** The parsed variables, or everything that is wrong with them. */
export type ParsedSettings =
  | { readonly ok: true; readonly settings: Settings }
  | { readonly ok: false; readonly problems: readonly SettingProblem[] };

const parsed = new WeakMap<Env, ParsedSettings>();

/**
 * Parses the variables of a deployment, once per isolate.
 *
 * @param env - Bindings and variables as the runtime gives them.
 * @returns The settings, or every problem with the variable's name and the fix.
 */
export function parseSettings(env: Env): ParsedSettings {
  const known = parsed.get(env);
  if (known !== undefined) {
    return known;
  }
  const result = parse(env);
  parsed.set(env, result);
  return result;
}

function parse(env: Env): ParsedSettings {
  const problems: SettingProblem[] = [];
  function required(variable: string, value: string | undefined, fix: string): string {
    if (value === undefined || value === "") {
      problems.push({ variable, message: `${variable} is not set: ${fix}` });
    }
    return value ?? "";
  }
  function integer(variable: string, value: string | undefined, range: Range): number {
    const number = value === undefined || value === "" ? range.fallback : Number(value);
    if (!Number.isInteger(number) || number < range.min || number > range.max) {
      problems.push({ variable, message: `${variable} must be a whole number from ${range.min} to ${range.max}` });
    }
    return number;
  }
  const settings: Settings = {
    databaseUrl:
      env.HYPERDRIVE?.connectionString ??
      required("DATABASE_URL", env.DATABASE_URL, "bind Hyperdrive or set it to postgres://user:password@host/database"),
    redis: {
      url: required("UPSTASH_REDIS_REST_URL", env.UPSTASH_REDIS_REST_URL, "set it to the REST address of your Redis"),
      token: required("UPSTASH_REDIS_REST_TOKEN", env.UPSTASH_REDIS_REST_TOKEN, "set it to the REST token"),
    },
    apiKey: required(
      "BATON_API_KEY",
      env.BATON_API_KEY,
      "set it to a long random text; clients send it as bearer token",
    ),
    shardCount: integer("SHARDS", env.SHARDS, { fallback: 1, min: 1, max: SHARDS_MAX }),
    concurrency: integer("CONCURRENCY", env.CONCURRENCY, { fallback: CONCURRENCY_DEFAULT, min: 1, max: 10_000 }),
    leaseMs: integer("LEASE_MS", env.LEASE_MS, { fallback: LEASE_MS_DEFAULT, min: 500, max: 900_000 }),
    outboundUrl: readOutboundUrl(env.OUTBOUND_URL ?? "", problems),
    allowPrivateAddresses: env.ALLOW_PRIVATE_ADDRESSES === "1",
    corsOrigins: (env.CORS_ORIGINS ?? "").split(",").flatMap((origin) => (origin.trim() === "" ? [] : [origin.trim()])),
    allowFileOrigin: env.ALLOW_FILE_ORIGIN === "1",
    isBehindCloudflare: env.BEHIND_CLOUDFLARE === "1",
    signalUrls: {
      signingKeys: readSigningKeys(env.SIGNING_KEY ?? "", problems),
      publicUrl: readPublicUrl(env.PUBLIC_URL ?? "", problems),
      lifetimeMs:
        DAY_MS *
        integer("SIGNAL_URL_DAYS", env.SIGNAL_URL_DAYS, {
          fallback: SIGNAL_URL_DAYS_DEFAULT,
          min: 1,
          max: SIGNAL_URL_DAYS_MAX,
        }),
    },
  };
  if (settings.apiKey !== "" && settings.apiKey.length < API_KEY_LENGTH_MIN) {
    problems.push({
      variable: "BATON_API_KEY",
      message: `BATON_API_KEY must have ${API_KEY_LENGTH_MIN} characters or more`,
    });
  }
  return problems.length === 0 ? { ok: true, settings } : { ok: false, problems };
}

function readOutboundUrl(value: string, problems: SettingProblem[]): string | null {
  if (value !== "" && !/^https?:/.test(value)) {
    problems.push({ variable: "OUTBOUND_URL", message: "OUTBOUND_URL must be the address of an outbound client" });
  }
  return value === "" ? null : value;
}

/** Two keys while one takes the place of the other: addresses that the old one signed are still out there. */
function readSigningKeys(value: string, problems: SettingProblem[]): readonly string[] {
  const keys = value === "" ? [] : value.split(",").map((key) => key.trim());
  if (keys.length > 2 || keys.some((key) => key.length < SIGNING_KEY_LENGTH_MIN)) {
    const message = `SIGNING_KEY must be a random text of ${SIGNING_KEY_LENGTH_MIN} characters or more, or two of them with a comma between: the new one, then the old one`;
    problems.push({ variable: "SIGNING_KEY", message });
  }
  return keys;
}

function readPublicUrl(value: string, problems: SettingProblem[]): string | null {
  if (value === "") {
    return null;
  }
  const url = URL.canParse(value) ? new URL(value) : null;
  const isPlain = url !== null && `${url.username}${url.password}${url.search}${url.hash}` === "";
  if (!isPlain || !/^https?:$/.test(url.protocol)) {
    const message =
      "PUBLIC_URL must be the address of this deployment as its users see it, such as https://baton.example.com";
    problems.push({ variable: "PUBLIC_URL", message });
  }
  return value.replace(/\/+$/, "");
}

interface Range {
  readonly fallback: number;
  readonly min: number;
  readonly max: number;
}
