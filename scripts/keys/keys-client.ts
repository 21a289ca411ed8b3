import { z } from "zod";

const REQUEST_TIMEOUT_MS = 15_000;

const Key = z.object({
  name: z.string(),
  prefix: z.string(),
  role: z.string(),
  createdAt: z.string(),
  createdBy: z.string(),
  lastUsedAt: z.string().nullable(),
  revokedAt: z.string().nullable(),
});

const Refusal = z.object({ detail: z.string() });

/** An API key as the service lists it. */
export type KeyView = z.output<typeof Key>;

/** The service and the key to speak to it. */
export interface Service {
  readonly url: string;
  readonly apiKey: string;
}

/**
 * Lists the keys.
 *
 * @param service - Where.
 * @returns The keys by name.
 */
export async function listKeys(service: Service): Promise<readonly KeyView[]> {
  const body = await call(service, "GET", "/api/keys");
  return z.object({ items: z.array(Key) }).parse(body).items;
}

/**
 * Makes a key.
 *
 * @param service - Where.
 * @param name - Its name, as events will tell it.
 * @param role - `viewer`, `operator` or `admin`.
 * @returns The key itself, which is shown this once.
 */
export async function createKey(service: Service, name: string, role: string): Promise<string> {
  const body = await call(service, "POST", "/api/keys", { name, role });
  return z.object({ key: z.string() }).parse(body).key;
}

/**
 * Ends a key.
 *
 * @param service - Where.
 * @param name - Its name.
 */
export async function revokeKey(service: Service, name: string): Promise<void> {
  await call(service, "DELETE", `/api/keys/${encodeURIComponent(name)}`);
}

async function call(service: Service, method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(`${service.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${service.apiKey}`, "content-type": "application/json" },
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer: unknown = await response.json();
  if (!response.ok) {
    const refusal = Refusal.safeParse(answer);
    throw new Error(refusal.success ? refusal.data.detail : `the service answered ${response.status}`);
  }
  return answer;
}
