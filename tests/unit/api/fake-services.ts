import { createApi } from "../../../src/api/app.ts";
import type { ApiDatabase } from "../../../src/api/database.ts";
import type { ApiServices, ShardClient } from "../../../src/api/services.ts";
import { UnavailableError } from "../../../src/domain/errors.ts";
import type { Settings } from "../../../src/env.ts";

/** The key that requests of these tests send. */
export const API_KEY = "a-key-for-tests-0001";

const away = async (): Promise<never> => {
  throw new UnavailableError("postgres", "PostgreSQL cannot be reached");
};

/** What these deployments are set to. */
export const SETTINGS: Settings = {
  databaseUrl: "",
  redis: { url: "", token: "" },
  apiKey: API_KEY,
  shardCount: 4,
  concurrency: 1,
  leaseMs: 15_000,
  allowPrivateAddresses: false,
  outboundUrl: null,
  corsOrigins: [],
  allowFileOrigin: false,
  isBehindCloudflare: false,
  signalUrls: { signingKeys: [], publicUrl: null, lifetimeMs: 1_000 },
};

/** A database that does not answer: what answers without it did not open it. */
export const AWAY_DATABASE: ApiDatabase = {
  runs: {
    list: away,
    find: away,
    findState: away,
    findResult: away,
    findPayload: away,
    listSteps: away,
    listUnderWay: away,
    findStep: away,
    findInputSchema: away,
    findOrigin: away,
  },
  events: { list: away, listOfStep: away, verify: away, findHead: away, findLast: away },
  signals: { findWaitingSignal: away },
  workflows: { save: away, list: away, find: away, listVersions: away, disable: away },
  keys: { create: away, list: away, revoke: away, use: away },
  audit: { list: away, listOperatorEvents: away },
  stats: { read: away, countActive: away },
  state: { look: away },
};

/** Shards that do not answer. */
export const AWAY_SHARDS: ShardClient = {
  start: async () => ({ ok: false, code: "shard_unavailable", message: "the shard does not answer" }),
  command: async () => ({ ok: false, code: "shard_unavailable", message: "the shard does not answer" }),
  waitForEnd: async () => ({ ok: true, value: null }),
  streamRun: away,
  streamChanges: away,
  stats: away,
};

/** What a test sends. */
export interface Sent {
  readonly method?: string;
  readonly path: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What came back. */
export interface Received {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/**
 * Sends a request to an API whose parts are all away, but for those given.
 *
 * @param sent - The request; it carries the key unless its headers say otherwise.
 * @param parts - What is there.
 * @returns The answer, its body parsed.
 */
export async function send(sent: Sent, parts: Partial<ApiServices> = {}): Promise<Received> {
  const { body, headers } = sent;
  const type = body === undefined ? {} : { "Content-Type": "application/json" };
  const withKey = { Authorization: `Bearer ${API_KEY}`, ...type, ...headers };
  const response = await sendTo(createServices(parts), { ...sent, headers: withKey });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === "" ? null : JSON.parse(text) };
}

/**
 * Makes what an API is made of, all its parts away but for those given.
 *
 * @param parts - What is there.
 * @returns The services.
 */
export function createServices(parts: Partial<ApiServices> = {}): ApiServices {
  return {
    settings: SETTINGS,
    shards: AWAY_SHARDS,
    database: AWAY_DATABASE,
    now: () => new Date("2026-07-01T12:00:00.000Z"),
    after: () => () => undefined,
    randomBytes: (byteCount) => new Uint8Array(byteCount).fill(7),
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    ...parts,
  };
}

/**
 * Sends a request as it is.
 *
 * @param services - What the API is made of.
 * @param sent - The request.
 * @returns The answer.
 */
export async function sendTo(services: ApiServices, { method = "GET", path, body, headers }: Sent): Promise<Response> {
  return createApi(() => services).request(
    `http://baton.test${path}`,
    { method, ...(headers === undefined ? {} : { headers }), ...(body === undefined ? {} : { body }) },
    {},
    { waitUntil: () => undefined, passThroughOnException: () => undefined, props: {} },
  );
}
